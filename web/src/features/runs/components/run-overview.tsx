import type { ReactNode } from "react";

import { CopyText } from "@/components/copy-text";
import { KeyValues } from "@/components/key-values";
import { MetricValue } from "@/components/metric-value";
import { isSystemTag } from "@/lib/system-tags";
import type { Run } from "@/types/wire";

import { isSystemMetric } from "../metric-sections";
import { RunFacts } from "./run-facts";
import { RunNote } from "./run-note";
import styles from "./run-overview.module.css";
import { RunTags } from "./run-tags";

interface RunOverviewProps {
  run: Run;
  /** The models that it made. */
  models: ReactNode;
}

/** What a run logged, and what is known about it. */
export function RunOverview({ run, models }: RunOverviewProps) {
  const metrics = (run.data.metrics ?? []).filter((metric) => !isSystemMetric(metric.key));
  const params = run.data.params ?? [];
  const tags = (run.data.tags ?? []).filter((tag) => !isSystemTag(tag.key));
  return (
    <div className={styles["overview"]}>
      <div className={styles["data"]}>
        <RunNote run={run} />
        <div className={styles["pair"]}>
          <KeyValues
            title="Metrics"
            nothing="No metric has been logged."
            numeric
            rows={metrics.map((metric) => ({
              key: metric.key,
              value: <MetricValue value={metric.value} />,
              more: (metric.step ?? 0) > 0 ? `step ${String(metric.step)}` : undefined,
            }))}
          />
          <KeyValues
            title="Params"
            nothing="No param has been logged."
            rows={params.map((param) => ({ key: param.key, value: <CopyText text={param.value ?? ""} /> }))}
          />
        </div>
        {models}
      </div>
      <aside className={styles["aside"]} aria-label="About this run">
        <RunFacts run={run} />
        <RunTags runId={run.info.run_id} tags={tags} />
      </aside>
    </div>
  );
}
