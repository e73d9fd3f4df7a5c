import uPlot, { type AlignedData } from "uplot";

import type { Series } from "./series";
import { smooth } from "./smoothing";
import { thin } from "./thin";

const POINTS_IN_ALL = 40_000;
const POINTS_AT_LEAST = 200;

interface AlignOptions {
  smoothing: number;
  logX: boolean;
  logY: boolean;
}

/** All series on one x axis. With smoothing each has two columns: as it was, then smoothed. */
export function align(series: readonly Series[], { smoothing, logX, logY }: AlignOptions): AlignedData {
  const budget = Math.max(POINTS_AT_LEAST, Math.floor(POINTS_IN_ALL / Math.max(1, series.length)));
  const tables = series.map((each) => {
    const smoothed = smoothing > 0 ? smooth(each.y, smoothing) : undefined;
    const raw = thin(each.x, each.y, budget);
    const table = tableOf(raw.x, raw.y, logX, logY);
    if (!smoothed) return table;
    const fine = thin(each.x, smoothed, budget);
    return uPlot.join([table, tableOf(fine.x, fine.y, logX, logY)]);
  });
  const first = tables[0];
  if (!first) return [[]];
  return tables.length === 1 ? first : uPlot.join(tables);
}

/** One x once, rising; null where there is nothing to draw. */
function tableOf(x: readonly number[], y: readonly number[], logX: boolean, logY: boolean): AlignedData {
  const canStand = (place: number) => Number.isFinite(place) && !(logX && place <= 0);
  const canShow = (value: number) => Number.isFinite(value) && !(logY && value <= 0);
  const xs: number[] = [];
  const ys: (number | null)[] = [];
  x.forEach((place, at) => {
    const value = y[at] ?? NaN;
    const shown = canShow(value) ? value : null;
    if (!canStand(place)) return;
    if (xs.at(-1) !== place) {
      xs.push(place);
      ys.push(shown);
    } else if (shown !== null) ys[ys.length - 1] = shown;
  });
  return [xs, ys];
}
