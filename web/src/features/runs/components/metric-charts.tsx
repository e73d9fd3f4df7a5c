import { useMemo } from "react";

import { Foldable } from "@/components/foldable";
import { Hint } from "@/components/hint";
import type { Run } from "@/types/wire";

import { MAX_RUNS } from "../api/metric-history";
import type { ChangeChartsView, ChartsView } from "../charts-view";
import { metricSections, SYSTEM_SECTION, type MetricSection } from "../metric-sections";
import { runDashes } from "../run-dashes";
import { ChartsTools } from "./charts-tools";
import { MetricChart } from "./metric-chart";
import styles from "./metric-charts.module.css";
import { RunLegend } from "./run-legend";

interface MetricChartsProps {
  runs: readonly Run[];
  view: ChartsView;
  onView: ChangeChartsView;
  /** Which metrics: what the program logged, what was measured of the machine, or all, the machine's folded at the end. */
  which?: "logged" | "system" | "all";
}

const isOfMachine = ({ name }: MetricSection) => name === SYSTEM_SECTION;

/** A chart for each metric of these runs, in sections by the part of the name before the first slash. */
export function MetricCharts({ runs, view, onView, which = "all" }: MetricChartsProps) {
  const drawn = useMemo(() => runs.slice(0, MAX_RUNS), [runs]);
  const all = useMemo(() => metricSections(drawn, view.search), [drawn, view.search]);
  const dashes = useMemo(() => runDashes(drawn), [drawn]);
  const logged = which === "system" ? [] : all.filter((section) => !isOfMachine(section));
  const system = which === "logged" ? [] : all.filter(isOfMachine);
  const grid = (section: MetricSection) => (
    <div className={styles["grid"]}>
      {section.metrics.map(({ key, runs: having }) => (
        <MetricChart key={key} metric={key} runs={having} dashes={dashes} view={view} onView={onView} />
      ))}
    </div>
  );
  if (which === "system" && system.length === 0 && view.search === "") {
    return <NoSystemMetrics isLive={runs.some((run) => run.info.status === "RUNNING")} />;
  }
  return (
    <div className={styles["charts"]}>
      <ChartsTools view={view} onView={onView} />
      {drawn.length > 1 && <RunLegend runs={drawn} dashes={dashes} left={runs.length - drawn.length} />}
      {logged.map((section) => (
        <section key={section.name} aria-label={section.name || "Metrics"}>
          {section.name !== "" && (
            <h2 className={styles["section"]}>
              {section.name} <span className={styles["count"]}>{section.metrics.length}</span>
            </h2>
          )}
          {grid(section)}
        </section>
      ))}
      {system.map((section) => (
        <section key={section.name} aria-label="System metrics">
          {which === "system" ? (
            grid(section)
          ) : (
            <Foldable
              level={2}
              title={
                <>
                  System metrics <span className={styles["count"]}>{section.metrics.length}</span>
                </>
              }
            >
              {() => grid(section)}
            </Foldable>
          )}
        </section>
      ))}
      {logged.length + system.length === 0 && (
        <p className={styles["nothing"]}>
          {view.search === ""
            ? "No metric has been logged. A chart appears with the first log_metric."
            : `No metric has “${view.search}” in its name.`}
        </p>
      )}
    </div>
  );
}

const MEASURE = "pip install 'runstone[system]'\nexport RUNSTONE_ENABLE_SYSTEM_METRICS_LOGGING=true";

const SYSTEM_PAGE = "See what a run prints, and how busy the machine is";

function NoSystemMetrics({ isLive }: { isLive: boolean }) {
  if (isLive) {
    return (
      <Hint title="Nothing has been measured yet" page={SYSTEM_PAGE}>
        How busy processor, memory, disks, network and GPUs are is logged from Python, by default every ten
        seconds, and appears here by itself. It needs the extra <code>system</code>, and{" "}
        <code>RUNSTONE_ENABLE_SYSTEM_METRICS_LOGGING</code> to be true, as it is unless you say otherwise.
      </Hint>
    );
  }
  return (
    <Hint title="No system metrics" code={MEASURE} page={SYSTEM_PAGE}>
      How busy processor, memory, disks, network and GPUs are is logged from Python, by default every ten
      seconds: a run that ended before has none. It needs this extra, and this to be set, as it is unless you
      say otherwise.
    </Hint>
  );
}
