/** The columns of the table of logged models: which there are, and how the server is told to sort by them. */
import { isSystemTag } from "@/lib/system-tags";
import { columnIn, usualWidth, type Attribute, type Column, type SortKey } from "@/tables/columns";
import type { LoggedModel, ModelOrder } from "@/types/wire";

import { measuredOn, metricColumn, modelDataOf } from "./model-data";

export const MODEL_NAME = "attributes.name";
const MODEL_ID = "attributes.model_id";

const ATTRIBUTES: Record<string, Attribute> = {
  name: { label: "Model", title: "name", width: 220 },
  status: { label: "Status", title: "status", width: 88 },
  creation_timestamp: { label: "Created", title: "creation_timestamp", width: 100 },
  source_run_id: { label: "Run", title: "source_run_id: the run that logged it", width: 140 },
  model_type: { label: "Type", title: "model_type, and the flavor that keeps the model", width: 140 },
  registered: {
    label: "Registered",
    title: "The versions of registered models made of it",
    width: 140,
    // The server does not know it.
    isSortable: false,
  },
  model_id: { label: "Model id", title: "model_id", width: 128 },
};

const SHOWN_DIGITS = 8;

/** The column of an id; `undefined` where the text is no id of a column. */
export function modelColumnOf(id: string): Column | undefined {
  const measured = measuredOn(id);
  if (measured) {
    const { key, dataset } = measured;
    const group = `${dataset.name} ${dataset.digest.slice(0, SHOWN_DIGITS)}`.trim();
    const title = `metrics.${key} on the dataset ${dataset.name} ${dataset.digest}`.trim();
    const width = usualWidth("metrics", key);
    return { id, kind: "metrics", key, label: key, title, group, width, isSortable: true };
  }
  return columnIn(id, ATTRIBUTES, "Logged model");
}

/** The words of the server's order_by. */
export function modelOrder(keys: readonly SortKey[]): ModelOrder[] {
  return keys.flatMap(({ column: id, descending }) => {
    const column = modelColumnOf(id);
    if (!column?.isSortable) return [];
    const { kind, key } = column;
    const field = kind === "attributes" ? key : `${kind}.\`${key}\``;
    const dataset = measuredOn(id)?.dataset;
    const on = dataset && { dataset_name: dataset.name, dataset_digest: dataset.digest };
    return [{ field_name: field, ascending: !descending, ...on }];
  });
}

const METRICS_AT_FIRST = 8;
const PARAMS_AT_FIRST = 6;

const byName = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });

/** Ids of the columns that these models have something in, and of those to show before anyone has chosen.
 *
 * Metrics that were measured on datasets stand below their dataset, the dataset of most models first. */
export function columnsOfModels(models: readonly LoggedModel[]): { known: string[]; atFirst: string[] } {
  const plain = new Set<string>();
  const loose = new Set<string>();
  const params = new Set<string>();
  const tags = new Set<string>();
  const datasets = new Map<string, { count: number; columns: Set<string> }>();
  for (const model of models) {
    const data = modelDataOf(model);
    for (const key of data.params.keys()) params.add(`params.${key}`);
    for (const key of data.tags.keys()) if (!isSystemTag(key)) tags.add(`tags.${key}`);
    for (const key of data.loose) loose.add(metricColumn(key));
    const seen = new Set<string>();
    for (const id of data.metrics.keys()) {
      const dataset = measuredOn(id)?.dataset;
      if (!dataset) {
        plain.add(id);
        continue;
      }
      const name = `${dataset.name} ${dataset.digest}`;
      const group = datasets.get(name) ?? { count: 0, columns: new Set() };
      datasets.set(name, group);
      if (!seen.has(name)) group.count += 1;
      seen.add(name);
      group.columns.add(id);
    }
  }
  const onDatasets = [...datasets]
    .sort(([a, one], [b, other]) => other.count - one.count || byName(a, b))
    .flatMap(([, { columns }]) => [...columns].sort(byName));
  const sorted = (ids: Set<string>) => [...ids].sort(byName);
  const attributes = Object.keys(ATTRIBUTES).map((key) => `attributes.${key}`);
  return {
    known: [...attributes, ...sorted(plain), ...onDatasets, ...sorted(params), ...sorted(tags)],
    atFirst: [
      ...attributes.filter((id) => id !== MODEL_ID),
      ...[...sorted(loose), ...onDatasets].slice(0, METRICS_AT_FIRST),
      ...sorted(params).slice(0, PARAMS_AT_FIRST),
      MODEL_ID,
    ],
  };
}
