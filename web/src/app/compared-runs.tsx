import { Link } from "@tanstack/react-router";
import { useMemo } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { RunDot } from "@/components/run-dot";
import { StatusMark } from "@/components/status-mark";
import { TableSkeleton } from "@/components/table-skeleton";
import { TimeAgo } from "@/components/time-ago";
import { MOST_ENVIRONMENTS, useEnvironments } from "@/features/capture/hooks/use-environments";
import { CompareTable } from "@/features/compare/components/compare-table";
import { MetricCharts } from "@/features/runs/components/metric-charts";
import { useRunsById } from "@/features/runs/hooks/use-runs-by-id";
import type { Run } from "@/types/wire";

import type { ChartSearch, CompareSearch } from "./searches";
import styles from "./pages/compare-page.module.css";
import { useChartsView } from "./use-charts-view";

const NO_RUNS: Run[] = [];

interface ComparedRunsProps {
  ids: readonly string[];
  showAll: boolean;
  search: CompareSearch;
  onSearch: (next: ChartSearch) => void;
}

/** Several runs side by side, and their curves below. */
export function ComparedRuns({ ids, showAll, search, onSearch }: ComparedRunsProps) {
  const { runs, isPending, error, retry } = useRunsById(ids, NO_RUNS);
  const captured = useEnvironments(runs);
  const { environments } = captured;
  const [view, onView] = useChartsView(search, onSearch);
  const subjects = useMemo(
    () =>
      runs.map(({ info, data }, at) => ({
        ...data,
        environment: environments?.[at],
        id: info.run_id,
        name: (
          <>
            <RunDot runId={info.run_id} />
            <Link
              to="/experiments/$experimentId/runs/$runId"
              params={{ experimentId: info.experiment_id, runId: info.run_id }}
              title={info.run_name}
            >
              {info.run_name || info.run_id.slice(0, 8)}
            </Link>
          </>
        ),
        about: (
          <>
            <StatusMark status={info.status} />
            <TimeAgo time={info.start_time} />
          </>
        ),
      })),
    [runs, environments],
  );
  return (
    <>
      {error && <ErrorNotice what="Some of the runs could not be loaded" error={error} onRetry={retry} />}
      {isPending && <TableSkeleton rows={10} />}
      {!isPending && runs.length > 0 && (
        <>
          <CompareTable subjects={subjects} showAll={showAll} />
          {captured.error && (
            <ErrorNotice
              what="The environments could not be loaded"
              error={captured.error}
              onRetry={captured.retry}
            />
          )}
          {runs.length > MOST_ENVIRONMENTS && (
            <p className={styles["hint"]}>The environments are compared of up to {MOST_ENVIRONMENTS} runs.</p>
          )}
          <h2 className={styles["heading"]}>Curves</h2>
          <MetricCharts runs={runs} view={view} onView={onView} />
        </>
      )}
    </>
  );
}
