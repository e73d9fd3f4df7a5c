import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { useTheme } from "@/lib/theme";

import { align } from "./aligned";
import { ChartTip, type TipContent } from "./chart-tip";
import styles from "./line-chart.module.css";
import { plotOptions } from "./plot-options";
import type { Range, Series, XKind } from "./series";
import { tipAt } from "./tip-at";

interface LineChartProps {
  /** What is drawn, in words, for those who do not see it. */
  label: string;
  series: readonly Series[];
  xKind?: XKind;
  logX?: boolean;
  logY?: boolean;
  /** From 0 to below 1. */
  smoothing?: number;
  height?: number;
  syncKey?: string;
  /** The part of the x axis that is shown; all of it where it is left out. */
  range?: Range | undefined;
  onZoom?: (range: Range | undefined) => void;
}

const NO_ZOOM = () => undefined;

/** Curves over a common axis: drag to zoom, double click to see all, the nearest values under the pointer. */
export function LineChart(props: LineChartProps) {
  const { label, series, xKind = "step", logX = false, logY = false, smoothing = 0 } = props;
  const { height = 220, syncKey = "charts", range, onZoom = NO_ZOOM } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [tip, setTip] = useState<TipContent>();
  const theme = useTheme();
  const isSmoothed = smoothing > 0;
  const data = useMemo(() => align(series, { smoothing, logX, logY }), [series, smoothing, logX, logY]);
  // What the look depends on; while it stays, new points go into the plot that stands.
  const look = [theme, xKind, logX, logY, isSmoothed, syncKey, height, ...series.map((each) => each.id)].join(
    " ",
  );

  const currentRange = useEffectEvent(() => range);
  const zoom = useEffectEvent(onZoom);
  const point = useEffectEvent((drawn: uPlot) => setTip(tipAt(drawn, series, xKind, isSmoothed)));
  const build = useEffectEvent(
    (host: HTMLElement) =>
      new uPlot(
        plotOptions(
          series,
          { xKind, logX, logY, isSmoothed, syncKey },
          { range: () => currentRange(), onZoom: (next) => zoom(next), onCursor: (drawn) => point(drawn) },
          { width: host.clientWidth, height },
        ),
        data,
        host,
      ),
  );

  useEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    const drawn = build(host);
    plot.current = drawn;
    const watch = new ResizeObserver(() => {
      if (host.clientWidth > 0) drawn.setSize({ width: host.clientWidth, height });
    });
    watch.observe(host);
    return () => {
      watch.disconnect();
      drawn.destroy();
      plot.current = undefined;
      setTip(undefined);
    };
  }, [look, height]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data, range?.min, range?.max]);

  return (
    <div className={styles["chart"]} role="img" aria-label={label} onMouseLeave={() => setTip(undefined)}>
      <div ref={box} style={{ height }} className={styles["canvas"]} />
      {tip && <ChartTip content={tip} />}
    </div>
  );
}
