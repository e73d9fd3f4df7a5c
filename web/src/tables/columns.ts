/** What a table knows of its columns. What they show and what the server sorts by is known to who draws the table. */

export type ColumnKind = "attributes" | "metrics" | "params" | "tags";

export interface Column {
  /** Kind and key, as `metrics.val/loss`. */
  id: string;
  kind: ColumnKind;
  key: string;
  label: string;
  /** What it shows, in full. */
  title: string;
  /** Stands once above neighbours that share it; nothing where it is empty. */
  group: string;
  /** Width in pixels, until somebody chooses another. */
  width: number;
  isSortable: boolean;
}

export interface SortKey {
  column: string;
  descending: boolean;
}

/** `-metrics.loss` for downward, `metrics.loss` for upward. */
export function sortKeyOf(text: string): SortKey {
  return text.startsWith("-")
    ? { column: text.slice(1), descending: true }
    : { column: text, descending: false };
}

const WIDTHS: Record<ColumnKind, number> = { attributes: 120, metrics: 104, params: 112, tags: 128 };
const MAX_WIDTH_FOR_LABEL = 190;

/** A width in which the head of the column can be read. */
export function usualWidth(kind: ColumnKind, label: string): number {
  return Math.max(WIDTHS[kind], Math.min(label.length * 7.2 + 34, MAX_WIDTH_FOR_LABEL));
}
