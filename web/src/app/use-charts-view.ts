import { useCallback, useMemo } from "react";

import type { ChangeChartsView, ChartsView } from "@/features/runs/charts-view";

import type { ChartSearch } from "./searches";

const MOST_SMOOTHING = 0.99;

function smoothingOf(text: string | undefined): number {
  const number = Number(text ?? 0);
  return Number.isFinite(number) ? Math.min(MOST_SMOOTHING, Math.max(0, number)) : 0;
}

function rangeOf(text: string | undefined): ChartsView["range"] {
  const [min = NaN, max = NaN] = (text ?? "").split("~").map(Number);
  return text !== undefined && Number.isFinite(min) && Number.isFinite(max) && min < max
    ? { min, max }
    : undefined;
}

function logOf(view: ChartsView): ChartSearch["log"] {
  if (view.logX) return view.logY ? "xy" : "x";
  return view.logY ? "y" : undefined;
}

/** How the charts are looked at, out of the address and back into it. */
export function useChartsView(
  search: ChartSearch,
  change: (next: ChartSearch) => void,
): [ChartsView, ChangeChartsView] {
  const { x, smooth, log, m, zoom } = search;
  const view = useMemo<ChartsView>(
    () => ({
      x: x ?? "step",
      smoothing: smoothingOf(smooth),
      logX: log?.includes("x") ?? false,
      logY: log?.includes("y") ?? false,
      search: m ?? "",
      range: rangeOf(zoom),
    }),
    [x, smooth, log, m, zoom],
  );
  const onView = useCallback<ChangeChartsView>(
    (part) => {
      const next = { ...view, ...part };
      change({
        x: next.x === "step" ? undefined : next.x,
        smooth: next.smoothing > 0 ? String(next.smoothing) : undefined,
        log: logOf(next),
        m: next.search || undefined,
        zoom: next.range && `${next.range.min}~${next.range.max}`,
      });
    },
    [view, change],
  );
  return [view, onView];
}
