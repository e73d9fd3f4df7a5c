import { memo, useMemo, useState, type PointerEvent } from "react";

import { formatNumber } from "@/lib/format";

import { numberLabels } from "./axis-labels";
import { ChartTip } from "./chart-tip";
import { extent, ticksBetween } from "./ticks";
import { useWidth } from "./use-width";
import { nearestPoint, pathOf, scaleOf, type Place } from "./xy-geometry";
import styles from "./xy-plot.module.css";

export interface XyLine {
  id: string;
  label: string;
  /** Name of the CSS variable that holds the colour. */
  color: string;
  x: readonly number[];
  y: readonly number[];
  /** As points alone, as a line, or as a line with its points; a line where it is left out. */
  as?: "dots" | "line" | "both";
  isDashed?: boolean;
}

export interface XyBand {
  color: string;
  x: readonly number[];
  low: readonly number[];
  high: readonly number[];
}

export interface XyTick {
  at: number;
  label: string;
}

interface XyPlotProps {
  /** What is drawn, in words, for those who do not see it. */
  label: string;
  xLabel: string;
  yLabel: string;
  lines: readonly XyLine[];
  /** Lines to compare with, without a name. */
  reference?: readonly { x: readonly number[]; y: readonly number[] }[];
  band?: XyBand | undefined;
  xRange?: [number, number];
  yRange?: [number, number];
  /** Marks of the x axis, where they are no numbers. */
  xTicks?: readonly XyTick[];
  /** Words for a place on the x axis. */
  nameOfX?: (x: number) => string;
  height?: number;
}

const ROOM = { left: 54, right: 10, top: 8, bottom: 38 };
const NEAR = 40;

/** Lines and points over two axes, each x as often as it comes: what is no history of steps. */
export function XyPlot(props: XyPlotProps) {
  const { label, xLabel, yLabel, lines, reference = [], band, height = 260 } = props;
  const { xTicks, nameOfX = formatNumber } = props;
  const [box, width] = useWidth(380);
  const [tip, setTip] = useState<Place>();
  const [xLow, xHigh] = useMemo(() => {
    const range = extent(...lines.map((line) => line.x));
    // Points have a breadth; lines may end at the edge.
    return props.xRange ?? (lines.some((line) => line.as !== undefined) ? padded(range) : range);
  }, [props.xRange, lines]);
  const [yLow, yHigh] = useMemo(
    () => props.yRange ?? padded(extent(...lines.map((line) => line.y), band?.low ?? [], band?.high ?? [])),
    [props.yRange, lines, band],
  );
  const x = useMemo(() => scaleOf(xLow, xHigh, ROOM.left, width - ROOM.right), [xLow, xHigh, width]);
  const y = useMemo(() => scaleOf(yLow, yHigh, height - ROOM.bottom, ROOM.top), [yLow, yHigh, height]);
  const yTicks = labelled(ticksBetween(yLow, yHigh, 5));
  const marks = xTicks ?? labelled(ticksBetween(xLow, xHigh, Math.max(2, Math.floor(width / 90))));
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const host = event.currentTarget.getBoundingClientRect();
    setTip(nearestPoint(lines, x, y, { x: event.clientX - host.left, y: event.clientY - host.top }, NEAR));
  };
  return (
    <div ref={box} className={styles["plot"]} onPointerLeave={() => setTip(undefined)}>
      <svg width={width} height={height} role="img" aria-label={label} onPointerMove={point}>
        {yTicks.map((tick) => (
          <g key={tick.at}>
            <line
              className={styles["grid"]}
              x1={ROOM.left}
              x2={width - ROOM.right}
              y1={y(tick.at)}
              y2={y(tick.at)}
            />
            <text className={styles["tick"]} x={ROOM.left - 6} y={y(tick.at) + 4} textAnchor="end">
              {tick.label}
            </text>
          </g>
        ))}
        {marks.map((tick) => (
          <text
            key={tick.at}
            className={styles["tick"]}
            x={x(tick.at)}
            y={height - 22}
            textAnchor={endOf(x(tick.at), width)}
          >
            {tick.label}
          </text>
        ))}
        <text
          className={styles["axis"]}
          x={(ROOM.left + width - ROOM.right) / 2}
          y={height - 4}
          textAnchor="middle"
        >
          {xLabel}
        </text>
        <text
          className={styles["axis"]}
          transform={`translate(11 ${(height - ROOM.bottom + ROOM.top) / 2}) rotate(-90)`}
          textAnchor="middle"
        >
          {yLabel}
        </text>
        {band && (
          <path className={styles["band"]} style={{ fill: `var(${band.color})` }} d={bandPath(band, x, y)} />
        )}
        {reference.map((each, at) => (
          <path key={at} className={styles["reference"]} d={pathOf(each.x.map(x), each.y.map(y))} />
        ))}
        {lines.map((line) => (
          <Drawn key={line.id} line={line} x={x} y={y} />
        ))}
        {tip && (
          <circle
            className={styles["near"]}
            cx={tip.left}
            cy={tip.top}
            r={5}
            style={{ stroke: `var(${tip.line.color})` }}
          />
        )}
      </svg>
      {tip && (
        <ChartTip
          content={{
            title: `${xLabel} ${nameOfX(tip.x)}`,
            lines: [
              {
                id: tip.line.id,
                label: tip.line.label,
                color: tip.line.color,
                isDashed: tip.line.isDashed ?? false,
                value: formatNumber(tip.y),
                raw: undefined,
                isNearest: true,
              },
            ],
            more: 0,
            left: tip.left,
            top: ROOM.top,
            isAtRight: tip.left > width / 2,
          }}
        />
      )}
    </div>
  );
}

type Scale = (value: number) => number;

/** A line may have thousands of points: it is drawn anew only when it changed, not with each move of the pointer. */
const Drawn = memo(function Drawn({ line, x, y }: { line: XyLine; x: Scale; y: Scale }) {
  const { as = "line", color } = line;
  const xs = line.x.map(x);
  const ys = line.y.map(y);
  return (
    <>
      {as !== "dots" && (
        <path
          className={styles["line"]}
          data-dashed={line.isDashed ?? false}
          style={{ stroke: `var(${color})` }}
          d={pathOf(xs, ys)}
        />
      )}
      {as !== "line" &&
        xs.map((each, at) => (
          <circle
            key={at}
            className={styles[as === "dots" ? "faint-dot" : "dot"]}
            cx={each}
            cy={ys[at]}
            r={as === "dots" ? 2.5 : 3.5}
            style={{ fill: `var(${color})` }}
          />
        ))}
    </>
  );
});

function bandPath(band: XyBand, x: Scale, y: Scale): string {
  const there = pathOf(band.x.map(x), band.high.map(y));
  const back = pathOf(band.x.map(x).toReversed(), band.low.map(y).toReversed());
  return `${there}${back.replace("M", "L")}Z`;
}

const labelled = (places: number[]): XyTick[] => {
  const step = (places[1] ?? 0) - (places[0] ?? 0);
  return numberLabels(places, step || 1).map((label, at) => ({ label, at: places[at] ?? 0 }));
};

/** A little room above and below. */
const padded = ([low, high]: [number, number]): [number, number] => {
  const room = (high - low) * 0.05;
  return [low - room, high + room];
};

const endOf = (place: number, width: number) => (place > width - 34 ? "end" : "middle");
