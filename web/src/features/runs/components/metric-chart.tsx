import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { BarList } from "@/charts/bar-list";
import { LineChart } from "@/charts/line-chart";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Loaded } from "@/components/loaded";
import { Skeleton } from "@/components/skeleton";
import { useIsSeen } from "@/lib/use-is-seen";
import type { Run } from "@/types/wire";

import { metricHistoryQuery } from "../api/metric-history";
import type { ChangeChartsView, ChartsView } from "../charts-view";
import { idsOf } from "../hooks/use-run-pages";
import { metricSeries } from "../metric-series";
import { noFinite } from "../no-finite";
import styles from "./metric-chart.module.css";

interface MetricChartProps {
  metric: string;
  /** The runs that have this metric. */
  runs: readonly Run[];
  /** How each run's line is dashed, the same on all charts. */
  dashes: ReadonlyMap<string, number>;
  view: ChartsView;
  onView: ChangeChartsView;
}

const HEIGHT = 220;
const LARGE_HEIGHT = 520;
const REFRESH_MS = 5_000;

/** One metric of several runs: curves, or bars where each run has but one value. Fetched once it is seen. */
export function MetricChart({ metric, runs, dashes, view, onView }: MetricChartProps) {
  const [seen, ref] = useIsSeen();
  const [isLarge, setLarge] = useState(false);
  const ids = useMemo(() => idsOf(runs), [runs]);
  const range =
    view.range && view.x === "step"
      ? { start: Math.floor(view.range.min), end: Math.ceil(view.range.max) }
      : undefined;
  const isLive = runs.some((run) => run.info.status === "RUNNING");
  const history = useQuery({
    ...metricHistoryQuery(ids, metric, range),
    enabled: seen,
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? REFRESH_MS : false,
  });
  const series = useMemo(
    () => metricSeries(runs, history.data ?? new Map(), view.x, dashes),
    [runs, history.data, view.x, dashes],
  );
  const isOfOne = range === undefined && series.every((each) => each.x.length <= 1);

  const nothing = useMemo(() => noFinite(series), [series]);

  const picture = (height: number) =>
    isOfOne ? (
      <BarList label={metric} bars={series.map((each) => ({ ...each, value: each.y[0] ?? NaN }))} />
    ) : nothing !== undefined ? (
      <p className={styles["nothing"]} style={{ height }}>
        {nothing}
      </p>
    ) : (
      <LineChart
        label={`${metric} of ${series.map((each) => each.label).join(", ")}`}
        series={series}
        xKind={view.x}
        logX={view.logX && view.x !== "time"}
        logY={view.logY}
        smoothing={view.smoothing}
        range={view.range}
        onZoom={(next) => onView({ range: next })}
        syncKey={`metrics-${view.x}`}
        height={height}
      />
    );

  return (
    <figure ref={ref} className={styles["card"]}>
      <figcaption className={styles["title"]}>
        <span className={styles["name"]} title={metric}>
          {metric}
        </span>
        <Button
          kind="quiet"
          icon="expand"
          className={styles["expand"]}
          aria-label={`Enlarge ${metric}`}
          onClick={() => setLarge(true)}
        />
      </figcaption>
      <Loaded query={history} what="The values could not be loaded" waiting={<Skeleton height={HEIGHT} />}>
        {() => picture(HEIGHT)}
      </Loaded>
      <Dialog open={isLarge} onClose={() => setLarge(false)} title={metric} wide>
        {isLarge && picture(LARGE_HEIGHT)}
      </Dialog>
    </figure>
  );
}
