/** The columns of the runs table: which there are, and how the server is told to sort by them. */
import { columnIn, type Attribute, type Column, type SortKey } from "@/tables/columns";
import type { Metric, Run } from "@/types/wire";

export const NAME_COLUMN = "attributes.run_name";

const ATTRIBUTES: Record<string, Attribute> = {
  run_name: { label: "Run", width: 260 },
  start_time: { label: "Started", width: 108 },
  duration: { label: "Duration", width: 100 },
  status: { label: "State", width: 100 },
  user_id: { label: "User", width: 108 },
  run_id: { label: "Run id", width: 180 },
};

/** The column of an id, which is also the word for it in a filter; `undefined` where the text is no id of a column. */
export const columnOf = (id: string): Column | undefined => columnIn(id, ATTRIBUTES, "Run");

export const ATTRIBUTE_COLUMNS: readonly string[] = Object.keys(ATTRIBUTES).map((key) => `attributes.${key}`);

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
