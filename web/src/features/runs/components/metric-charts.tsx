import { useMemo } from "react";

import type { Run } from "@/types/wire";

import { MAX_RUNS } from "../api/metric-history";
import type { ChangeChartsView, ChartsView } from "../charts-view";
import { metricSections } from "../metric-sections";
import { runDashes } from "../run-dashes";
import { ChartsTools } from "./charts-tools";
import { MetricChart } from "./metric-chart";
import styles from "./metric-charts.module.css";
import { RunLegend } from "./run-legend";

interface MetricChartsProps {
  runs: readonly Run[];
  view: ChartsView;
  onView: ChangeChartsView;
}

/** A chart for each metric of these runs, in sections by the part of the name before the first slash. */
export function MetricCharts({ runs, view, onView }: MetricChartsProps) {
  const drawn = useMemo(() => runs.slice(0, MAX_RUNS), [runs]);
  const sections = useMemo(() => metricSections(drawn, view.search), [drawn, view.search]);
  const dashes = useMemo(() => runDashes(drawn), [drawn]);
  return (
    <div className={styles["charts"]}>
      <ChartsTools view={view} onView={onView} />
      {drawn.length > 1 && <RunLegend runs={drawn} dashes={dashes} left={runs.length - drawn.length} />}
      {sections.map((section) => (
        <section key={section.name} aria-label={section.name || "Metrics"}>
          {section.name !== "" && (
            <h2 className={styles["section"]}>
              {section.name} <span className={styles["count"]}>{section.metrics.length}</span>
            </h2>
          )}
          <div className={styles["grid"]}>
            {section.metrics.map(({ key, runs: having }) => (
              <MetricChart key={key} metric={key} runs={having} dashes={dashes} view={view} onView={onView} />
            ))}
          </div>
        </section>
      ))}
      {sections.length === 0 && (
        <p className={styles["nothing"]}>
          {view.search === ""
            ? "No metric has been logged. A chart appears with the first log_metric."
            : `No metric has “${view.search}” in its name.`}
        </p>
      )}
    </div>
  );
}
