import uPlot, { type Axis, type Options, type Scale, type Series as PlotSeries } from "uplot";

import { numberLabels, powerLabels, spanLabels } from "./axis-labels";
import { lonePlaces } from "./lone-places";
import type { Range, Series, XKind } from "./series";

export interface PlotLook {
  xKind: XKind;
  logX: boolean;
  logY: boolean;
  isSmoothed: boolean;
  /** Charts of the same key share the crosshair. */
  syncKey: string;
}

export interface PlotCalls {
  range: () => Range | undefined;
  onZoom: (range: Range | undefined) => void;
  onCursor: (plot: uPlot) => void;
}

const FONT = '11px "Inter Variable", system-ui, sans-serif';
const DASHES: (number[] | undefined)[] = [undefined, [6, 3], [2, 3], [10, 3, 2, 3]];
const RAW_ALPHA = 0.22;
const FOCUS_DISTANCE = 24;
/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment -- the library declares these as a const enum, of which
   nothing is there when modules are compiled one by one; its documentation gives the numbers */
const LINEAR: Scale.Distr = 1;
const LOGARITHMIC: Scale.Distr = 3;
/* eslint-enable @typescript-eslint/no-unsafe-enum-assignment */

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A value between two gaps has no line; it is drawn as a point. */
const lone = (plot: uPlot, series: number) => lonePlaces(plot.data[series] ?? []);

function lines(series: readonly Series[], isSmoothed: boolean): PlotSeries[] {
  return series.flatMap((each) => {
    const stroke = token(each.color);
    const line: PlotSeries = {
      label: each.label,
      stroke,
      width: 1.5,
      dash: DASHES[each.dash % DASHES.length],
      points: { show: false, filter: lone, size: 5, fill: stroke, stroke },
    };
    return isSmoothed
      ? [{ ...line, alpha: RAW_ALPHA, width: 1, dash: undefined, points: { show: false } }, line]
      : [line];
  });
}

/** The nearest place at which a series has a value: series have their points at different x. */
function nearestPlace(values: ArrayLike<number | null | undefined>, at: number): number {
  for (let away = 0; away < values.length; away += 1) {
    if (values[at - away] != null) return at - away;
    if (values[at + away] != null) return at + away;
  }
  return at;
}

function xScale(look: PlotLook, calls: PlotCalls): Scale {
  return {
    time: look.xKind === "time",
    distr: look.logX ? LOGARITHMIC : LINEAR,
    range: (_plot, min, max) => {
      const chosen = calls.range();
      if (chosen) return [chosen.min, chosen.max];
      if (min === max) return look.logX ? [min / 2, max * 2] : [min - 0.5, max + 0.5];
      return [min, max];
    },
  };
}

function axes(look: PlotLook): Axis[] {
  const base: Axis = {
    stroke: token("--text-quiet"),
    font: FONT,
    grid: { stroke: token("--grid"), width: 1 },
    ticks: { show: false },
    border: { show: false },
  };
  const x: Axis = { ...base, size: 26, gap: 4, space: 64, grid: { show: false } };
  if (look.logX) x.values = (_plot, splits) => powerLabels(splits);
  else if (look.xKind === "relative") x.values = (_plot, splits) => spanLabels(splits);
  else if (look.xKind === "step")
    x.values = (_plot, splits, _axis, _space, step) => numberLabels(splits, step);
  const y: Axis = {
    ...base,
    gap: 6,
    space: 34,
    // There are no labels yet at the first call, whatever the library's types say.
    size: (_plot, labels: string[] | null) =>
      14 + Math.max(3, ...(labels ?? []).map((label) => label.length)) * 6.2,
    values: (_plot, splits, _axis, _space, step) =>
      look.logY ? powerLabels(splits) : numberLabels(splits, step),
  };
  return [x, y];
}

/** Everything uPlot wants to know to draw these series. */
export function plotOptions(
  series: readonly Series[],
  look: PlotLook,
  calls: PlotCalls,
  size: { width: number; height: number },
): Options {
  return {
    ...size,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    scales: { x: xScale(look, calls), y: { distr: look.logY ? LOGARITHMIC : LINEAR } },
    axes: axes(look),
    series: [{}, ...lines(series, look.isSmoothed)],
    focus: { alpha: 0.25 },
    cursor: {
      focus: { prox: FOCUS_DISTANCE },
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false },
      sync: { key: look.syncKey, scales: ["x", null], setSeries: false },
      dataIdx: (plot, at, closest) => (at === 0 ? closest : nearestPlace(plot.data[at] ?? [], closest)),
      bind: {
        // A double click shows all again; the chart is told from outside, as with every zoom.
        dblclick: () => () => {
          calls.onZoom(undefined);
          return null;
        },
      },
    },
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 4) return;
          calls.onZoom({ min: plot.posToVal(left, "x"), max: plot.posToVal(left + width, "x") });
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      setCursor: [calls.onCursor],
    },
  };
}
