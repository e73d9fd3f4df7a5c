import type { LoggedModel, LoggedModelMetric } from "@/types/wire";

import { isLater } from "./latest-metrics";

const SHOWN_DIGITS = 8;

/** `rmse`, or `rmse on holdout 1a2b3c4d` where it was measured on a dataset. */
function nameOf({ key, dataset_name: name = "", dataset_digest: digest = "" }: LoggedModelMetric): string {
  return name === "" ? key : `${key} on ${name} ${digest.slice(0, SHOWN_DIGITS)}`.trim();
}

/** What models are compared by: params, tags, and the last value of each metric, apart for each dataset. */
export function comparedModel({ info, data }: LoggedModel) {
  const last = new Map<string, LoggedModelMetric>();
  for (const metric of data?.metrics ?? []) {
    const name = nameOf(metric);
    if (isLater(metric, last.get(name))) last.set(name, metric);
  }
  return {
    params: data?.params ?? [],
    metrics: [...last].map(([key, { value }]) => ({ key, value })),
    tags: info.tags ?? [],
  };
}
