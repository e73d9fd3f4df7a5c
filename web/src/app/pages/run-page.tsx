import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { Skeleton } from "@/components/skeleton";
import { TableSkeleton } from "@/components/table-skeleton";
import { Tabs } from "@/components/tabs";
import { ArtifactBrowser } from "@/features/artifacts/components/artifact-browser";
import { MetricCharts } from "@/features/runs/components/metric-charts";
import { RunHeader } from "@/features/runs/components/run-header";
import { RunOverview } from "@/features/runs/components/run-overview";
import { useRun } from "@/features/runs/hooks/use-run";

import styles from "./run-page.module.css";
import type { RunSearch } from "../searches";
import { useChartsView } from "../use-charts-view";
import { useTitle } from "../use-title";

const FROM = "/experiments/$experimentId/runs/$runId";

const TABS = [
  { value: "overview", label: "Overview" },
  { value: "charts", label: "Charts" },
  { value: "artifacts", label: "Artifacts" },
] as const;

/** One run: what is known about it, its curves, its files. */
export function RunPage() {
  const { runId } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const run = useRun(runId);
  useTitle(run.data?.info.run_name);

  const change = useCallback(
    (next: RunSearch) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true }),
    [navigate],
  );
  const [chartsView, onChartsView] = useChartsView(search, change);
  const runs = useMemo(() => (run.data ? [run.data] : []), [run.data]);
  const tab = search.tab ?? "overview";

  if (run.isError) {
    return (
      <div className={styles["page"]}>
        <ErrorNotice
          what="The run could not be loaded"
          error={run.error}
          onRetry={() => void run.refetch()}
        />
      </div>
    );
  }
  return (
    <div className={styles["page"]}>
      {run.data ? <RunHeader run={run.data} /> : <Skeleton width={240} height={20} />}
      <Tabs
        label="Parts of the run"
        value={tab}
        tabs={TABS}
        onChange={(next) => change({ tab: next === "overview" ? undefined : next })}
      />
      <div className={styles["body"]} role="tabpanel" aria-label={tab} data-tab={tab}>
        {run.data ? (
          <>
            {tab === "overview" && <RunOverview run={run.data} />}
            {tab === "charts" && <MetricCharts runs={runs} view={chartsView} onView={onChartsView} />}
            {tab === "artifacts" && (
              <ArtifactBrowser
                runId={runId}
                path={search.path}
                onPath={(path) => void navigate({ search: (old) => ({ ...old, path }) })}
              />
            )}
          </>
        ) : (
          <TableSkeleton rows={8} />
        )}
      </div>
    </div>
  );
}
