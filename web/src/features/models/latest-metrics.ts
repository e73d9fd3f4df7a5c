import type { LoggedModelMetric } from "@/types/wire";

/** Whether a value was logged after another, as the server sorts by: by time, then by step. */
export function isLater(one: LoggedModelMetric, other: LoggedModelMetric | undefined): boolean {
  if (!other || one.timestamp !== other.timestamp) return !other || one.timestamp > other.timestamp;
  return one.step >= other.step;
}

/** The last value of each metric on each dataset by each run, by name. */
export function latestMetrics(metrics: readonly LoggedModelMetric[]): LoggedModelMetric[] {
  const last = new Map<string, LoggedModelMetric>();
  for (const metric of metrics) {
    const key = JSON.stringify([metric.key, metric.dataset_name, metric.dataset_digest, metric.run_id]);
    if (isLater(metric, last.get(key))) last.set(key, metric);
  }
  return [...last.values()].sort(
    (a, b) =>
      a.key.localeCompare(b.key, "en", { numeric: true }) ||
      (a.dataset_name ?? "").localeCompare(b.dataset_name ?? ""),
  );
}
