import type { Series } from "@/charts/series";
import { formatCount, formatNumber } from "@/lib/format";

import { MAX_POINTS } from "./api/metric-history";

/** The server leaves at least a third of the points that were asked for: fewer are all that there are. */
const ALL_BELOW = MAX_POINTS / 3;

/** Says of curves that no axis can show any of their values: how many there are, and which; `undefined` of others. */
export function noFinite(series: readonly Series[]): string | undefined {
  const values = series.flatMap((each) => each.y);
  if (values.length === 0 || values.some(Number.isFinite)) return undefined;
  if (series.some((each) => each.y.length >= ALL_BELOW)) {
    return `None of ${values.length.toLocaleString("en-US")} or more values is finite.`;
  }
  const counts = new Map<string, number>();
  for (const value of values) {
    const name = formatNumber(value);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const kinds = [...counts].map(([name, count]) => `${counts.size > 1 ? count : "all"} ${name}`);
  return `None of ${formatCount(values.length, "value")} is finite: ${kinds.join(", ")}.`;
}
