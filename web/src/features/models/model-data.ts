/** What was logged of a model, by the columns that show it. */
import type { LoggedModel, LoggedModelMetric } from "@/types/wire";

import { isLater } from "./latest-metrics";

/** A dataset that metrics were measured on. */
interface Dataset {
  name: string;
  digest: string;
}

/** Id of the column of a metric's values on a dataset; of those on any dataset where none is named. */
export function metricColumn(key: string, dataset?: Dataset): string {
  if (!dataset) return `metrics.${key}`;
  return `metrics@${encodeURIComponent(dataset.name)}@${encodeURIComponent(dataset.digest)}@${key}`;
}

const ON_DATASET = /^metrics@([^@]*)@([^@]*)@(.+)$/s;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The dataset and the metric of such a column; `undefined` where the column is not of a dataset. */
export function measuredOn(column: string): { dataset: Dataset; key: string } | undefined {
  const [, name = "", digest = "", key = ""] = ON_DATASET.exec(column) ?? [];
  return key === "" ? undefined : { dataset: { name: decoded(name), digest: decoded(digest) }, key };
}

interface ModelData {
  /** Last values by column. */
  metrics: Map<string, LoggedModelMetric>;
  /** Keys of the metrics that were measured on no dataset that was named. */
  loose: Set<string>;
  params: Map<string, string>;
  tags: Map<string, string>;
}

const cache = new WeakMap<LoggedModel, ModelData>();

/** Data of a model by key; built at the first question. */
export function modelDataOf(model: LoggedModel): ModelData {
  let data = cache.get(model);
  if (!data) {
    data = {
      metrics: new Map(),
      loose: new Set(),
      params: new Map(model.data?.params?.map((param) => [param.key, param.value ?? ""])),
      tags: new Map(model.info.tags?.map((tag) => [tag.key, tag.value ?? ""])),
    };
    for (const metric of model.data?.metrics ?? []) keep(data, metric);
    cache.set(model, data);
  }
  return data;
}

function keep({ metrics, loose }: ModelData, metric: LoggedModelMetric) {
  const { key, dataset_name: name = "", dataset_digest: digest = "" } = metric;
  const columns = [metricColumn(key)];
  if (name === "") loose.add(key);
  else columns.push(metricColumn(key, { name, digest }));
  for (const column of columns) if (isLater(metric, metrics.get(column))) metrics.set(column, metric);
}
