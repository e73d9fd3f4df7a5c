import type { LoggedModelMetric } from "@/types/wire";

/** The last value of each metric on each dataset by each run, by name. */
export function latestMetrics(metrics: readonly LoggedModelMetric[]): LoggedModelMetric[] {
  const last = new Map<string, LoggedModelMetric>();
  for (const metric of metrics) {
    const key = JSON.stringify([metric.key, metric.dataset_name, metric.dataset_digest, metric.run_id]);
    const old = last.get(key);
    if (!old || metric.step > old.step || (metric.step === old.step && metric.timestamp >= old.timestamp)) {
      last.set(key, metric);
    }
  }
  return [...last.values()].sort(
    (a, b) =>
      a.key.localeCompare(b.key, "en", { numeric: true }) ||
      (a.dataset_name ?? "").localeCompare(b.dataset_name ?? ""),
  );
}
