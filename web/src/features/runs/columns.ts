/** The columns of the runs table: which there are, what they show, and how the server is told to sort by them. */
import type { Metric, Run } from "@/types/wire";

export type ColumnKind = "attributes" | "metrics" | "params" | "tags";

export interface Column {
  /** Kind and key, as `metrics.val/loss`; also the word for it in a filter. */
  id: string;
  kind: ColumnKind;
  key: string;
  label: string;
}

export const NAME_COLUMN = "attributes.run_name";

const ATTRIBUTES: Record<string, { label: string; width: number }> = {
  run_name: { label: "Run", width: 260 },
  start_time: { label: "Started", width: 108 },
  duration: { label: "Duration", width: 100 },
  status: { label: "State", width: 100 },
  user_id: { label: "User", width: 108 },
  run_id: { label: "Run id", width: 180 },
};

const KINDS: readonly ColumnKind[] = ["attributes", "metrics", "params", "tags"];

export const KIND_LABELS: Record<ColumnKind, string> = {
  attributes: "Run",
  metrics: "Metrics",
  params: "Params",
  tags: "Tags",
};

/** The column of an id; `undefined` where the text is no id of a column. */
export function columnOf(id: string): Column | undefined {
  const dot = id.indexOf(".");
  const kind = KINDS.find((each) => each === id.slice(0, dot));
  const key = id.slice(dot + 1);
  if (kind === undefined || key === "") return undefined;
  if (kind !== "attributes") return { id, kind, key, label: key };
  const known = ATTRIBUTES[key];
  return known && { id, kind, key, label: known.label };
}

export const ATTRIBUTE_COLUMNS: readonly string[] = Object.keys(ATTRIBUTES).map((key) => `attributes.${key}`);

const WIDTHS: Record<ColumnKind, number> = { attributes: 120, metrics: 104, params: 112, tags: 128 };
const MAX_WIDTH_FOR_LABEL = 190;

/** A width in which the head of the column can be read. */
export function usualWidth(column: Column): number {
  if (column.kind === "attributes") return ATTRIBUTES[column.key]?.width ?? WIDTHS.attributes;
  return Math.max(WIDTHS[column.kind], Math.min(column.label.length * 7.2 + 34, MAX_WIDTH_FOR_LABEL));
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

/** The words of the server's order_by. */
export function orderBy(keys: readonly SortKey[]): string[] {
  return keys.flatMap(({ column: id, descending }) => {
    const column = columnOf(id);
    if (!column) return [];
    const field = column.kind === "attributes" ? id : `${column.kind}.\`${column.key}\``;
    return [`${field} ${descending ? "DESC" : "ASC"}`];
  });
}

interface Lookup {
  metrics: Map<string, Metric>;
  params: Map<string, string>;
  tags: Map<string, string>;
}

const lookups = new WeakMap<Run, Lookup>();

/** Data of a run by key; built at the first question, as most runs are never drawn. */
export function dataOf(run: Run): Lookup {
  let lookup = lookups.get(run);
  if (!lookup) {
    lookup = {
      metrics: new Map(run.data.metrics?.map((metric) => [metric.key, metric])),
      params: new Map(run.data.params?.map((param) => [param.key, param.value ?? ""])),
      tags: new Map(run.data.tags?.map((tag) => [tag.key, tag.value ?? ""])),
    };
    lookups.set(run, lookup);
  }
  return lookup;
}

/** Tags that the client writes for itself. */
export function isSystemTag(key: string): boolean {
  return key.startsWith("mlflow.") || key.startsWith("runstone.");
}
