import type { Series, XKind } from "@/charts/series";
import { toNumber } from "@/lib/format";
import { runColorName } from "@/lib/run-color";
import type { Run, RunMetric } from "@/types/wire";

function placeOf(metric: RunMetric, kind: XKind, origin: number): number {
  if (kind === "step") return metric.step;
  if (kind === "time") return metric.timestamp / 1000;
  return (metric.timestamp - origin) / 1000;
}

/** The curve of each run that has one, over steps, over the time of day, or over the time since its first value. */
export function metricSeries(
  runs: readonly Run[],
  histories: ReadonlyMap<string, readonly RunMetric[]>,
  kind: XKind,
  dashes: ReadonlyMap<string, number>,
): Series[] {
  return runs.flatMap(({ info }) => {
    const metrics = histories.get(info.run_id);
    if (!metrics?.length) return [];
    const origin = metrics.reduce((least, metric) => Math.min(least, metric.timestamp), Infinity);
    const points = metrics
      .map((metric) => ({ x: placeOf(metric, kind, origin), y: toNumber(metric.value) }))
      .sort((a, b) => a.x - b.x);
    return [
      {
        id: info.run_id,
        label: info.run_name || info.run_id.slice(0, 8),
        color: runColorName(info.run_id),
        dash: dashes.get(info.run_id) ?? 0,
        x: points.map((point) => point.x),
        y: points.map((point) => point.y),
      },
    ];
  });
}
