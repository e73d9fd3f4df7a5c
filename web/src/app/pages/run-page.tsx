import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { Skeleton } from "@/components/skeleton";
import { TableSkeleton } from "@/components/table-skeleton";
import { TabPart, Tabs } from "@/components/tabs";
import { RunHeader } from "@/features/runs/components/run-header";
import { useRun } from "@/features/runs/hooks/use-run";

import styles from "./run-page.module.css";
import { RunPart } from "../run-part";
import type { RunSearch } from "../searches";
import { useTitle } from "../use-title";

const FROM = "/experiments/$experimentId/runs/$runId";

const TABS = [
  { value: "overview", label: "Overview" },
  { value: "charts", label: "Charts" },
  { value: "evaluation", label: "Evaluation" },
  { value: "system", label: "System metrics" },
  { value: "console", label: "Console" },
  { value: "code", label: "Code" },
  { value: "environment", label: "Environment" },
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
  // Each file that was looked at is a step back.
  const onPath = (path: string) => void navigate({ search: (old) => ({ ...old, path }) });
  const tab = search.tab ?? "overview";

  if (run.isLoadingError) {
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
    // What was typed or opened on one page shall not stand on the next.
    <div key={runId} className={styles["page"]}>
      {run.data ? <RunHeader run={run.data} /> : <Skeleton width={240} height={20} />}
      <Tabs
        label="Parts of the run"
        value={tab}
        tabs={TABS}
        onChange={(next) => change({ tab: next === "overview" ? undefined : next })}
      />
      <TabPart value={tab} className={styles["body"]}>
        {run.data ? (
          <RunPart run={run.data} search={search} onSearch={change} onPath={onPath} />
        ) : (
          <TableSkeleton rows={8} />
        )}
      </TabPart>
    </div>
  );
}
