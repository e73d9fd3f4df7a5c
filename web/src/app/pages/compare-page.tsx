import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { PageHeader } from "@/components/page-header";
import { Segments } from "@/components/segments";
import { TableSkeleton } from "@/components/table-skeleton";
import { useEnvironments } from "@/features/capture/hooks/use-environments";
import { CompareTable } from "@/features/compare/components/compare-table";
import { MetricCharts } from "@/features/runs/components/metric-charts";
import { useRunsById } from "@/features/runs/hooks/use-runs-by-id";
import type { Run } from "@/types/wire";

import type { CompareSearch } from "../searches";
import { useChartsView } from "../use-charts-view";
import { useTitle } from "../use-title";
import styles from "./compare-page.module.css";

const NO_IDS: string[] = [];
const NO_RUNS: Run[] = [];

const ROWS = [
  { value: "differences", label: "Differences" },
  { value: "all", label: "All" },
] as const;

/** Several runs side by side, differences first, and their curves below. */
export function ComparePage() {
  const search = useSearch({ from: "/compare" });
  const navigate = useNavigate({ from: "/compare" });
  const ids = search.run ?? NO_IDS;
  const { runs, isPending, error, retry } = useRunsById(ids, NO_RUNS);
  const environments = useEnvironments(runs);
  useTitle("Compare");

  const change = useCallback(
    (next: CompareSearch) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true }),
    [navigate],
  );
  const [chartsView, onChartsView] = useChartsView(search, change);

  if (ids.length === 0) {
    return (
      <div className={styles["page"]}>
        <PageHeader title="Compare" />
        <p className={styles["nothing"]}>
          Select runs in the table of <Link to="/">an experiment</Link>, then choose Compare.
        </p>
      </div>
    );
  }
  return (
    <div className={styles["page"]}>
      <PageHeader
        title={`Compare ${String(ids.length)} runs`}
        actions={
          <Segments
            label="Rows"
            value={search.all === "1" ? "all" : "differences"}
            choices={ROWS}
            onChange={(rows) => change({ all: rows === "all" ? "1" : undefined })}
          />
        }
      />
      {error && <ErrorNotice what="Some of the runs could not be loaded" error={error} onRetry={retry} />}
      {isPending && <TableSkeleton rows={10} />}
      {!isPending && runs.length > 0 && (
        <>
          <CompareTable runs={runs} environments={environments} showAll={search.all === "1"} />
          <h2 className={styles["heading"]}>Curves</h2>
          <MetricCharts runs={runs} view={chartsView} onView={onChartsView} />
        </>
      )}
    </div>
  );
}
