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

/** What a table knows of a column that is no metric, param or tag. */
export interface Attribute {
  label: string;
  width: number;
  /** Its id where it is left out. */
  title?: string;
  isSortable?: boolean;
}

const GROUPS = { metrics: "Metrics", params: "Params", tags: "Tags" };

/** The column of an id; `undefined` where the text is no id of a column.
 *
 * @param attributes - The attributes of the rows by key; the first, their name, stands in no group.
 * @param noun - What the rows are, the group of the other attributes. */
export function columnIn(
  id: string,
  attributes: Readonly<Record<string, Attribute>>,
  noun: string,
): Column | undefined {
  const dot = id.indexOf(".");
  const [kind, key] = [id.slice(0, dot), id.slice(dot + 1)];
  if (dot < 0 || key === "") return undefined;
  const column = { id, key, title: id, isSortable: true };
  if (kind === "metrics" || kind === "params" || kind === "tags") {
    return { ...column, kind, group: GROUPS[kind], label: key, width: usualWidth(kind, key) };
  }
  // An own one: the address may hold any word.
  const known = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
  if (kind !== "attributes" || !known) return undefined;
  return { ...column, kind, group: key === Object.keys(attributes)[0] ? "" : noun, ...known };
}
