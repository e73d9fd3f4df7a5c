import type uPlot from "uplot";

import { formatDuration, formatNumber } from "@/lib/format";

import type { TipContent, TipLine } from "./chart-tip";
import type { Series, XKind } from "./series";

const MOST_LINES = 10;

function titleOf(x: number, kind: XKind): string {
  if (kind === "time")
    return new Date(x * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  if (kind === "relative") return formatDuration(x * 1000);
  return `step ${formatNumber(x)}`;
}

interface Candidate extends TipLine {
  distance: number;
  number: number;
}

/** The values under the pointer; nothing where the pointer is in another chart, whose crosshair this one only shows. */
export function tipAt(
  plot: uPlot,
  series: readonly Series[],
  kind: XKind,
  isSmoothed: boolean,
): TipContent | undefined {
  const { left = -1, top = -1, idx, event } = plot.cursor;
  if (idx == null || left < 0 || top < 0 || !event || !plot.over.contains(event.target as Node))
    return undefined;
  const columns = isSmoothed ? 2 : 1;
  const lines: Candidate[] = series.flatMap((each, at) => {
    const column = at * columns + columns;
    const place = plot.cursor.idxs?.[column];
    const value = place == null ? undefined : plot.data[column]?.[place];
    if (value == null) return [];
    const raw = isSmoothed && place != null ? plot.data[column - 1]?.[place] : undefined;
    return [
      {
        id: each.id,
        label: each.label,
        color: each.color,
        isDashed: each.dash > 0,
        value: formatNumber(value),
        raw: raw == null ? undefined : formatNumber(raw),
        isNearest: false,
        number: value,
        distance: Math.abs(plot.valToPos(value, "y") - top),
      },
    ];
  });
  const near = lines.sort((a, b) => a.distance - b.distance).slice(0, MOST_LINES);
  if (near[0]) near[0].isNearest = true;
  const x = plot.data[0][idx];
  return {
    title: x === undefined ? "" : titleOf(x, kind),
    lines: near.sort((a, b) => b.number - a.number),
    more: lines.length - near.length,
    left: left + plot.over.offsetLeft,
    isAtRight: left > plot.over.clientWidth / 2,
    top: plot.over.offsetTop,
  };
}
