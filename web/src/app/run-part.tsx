import { useMemo } from "react";

import { ArtifactBrowser } from "@/features/artifacts/components/artifact-browser";
import { CodePanel } from "@/features/capture/components/code-panel";
import { ConsolePanel } from "@/features/capture/components/console-panel";
import { EnvironmentPanel } from "@/features/capture/components/environment-panel";
import { EvaluationPanel } from "@/features/evaluation/components/evaluation-panel";
import { ModelLink } from "@/features/models/components/model-link";
import { RunModels } from "@/features/models/components/run-models";
import { MetricCharts } from "@/features/runs/components/metric-charts";
import { RunOverview } from "@/features/runs/components/run-overview";
import type { Run } from "@/types/wire";

import type { RunSearch } from "./searches";
import { useChartsView } from "./use-charts-view";

interface RunPartProps {
  run: Run;
  search: RunSearch;
  onSearch: (next: RunSearch) => void;
  onPath: (path: string) => void;
}

/** The part of a run that its address names. */
export function RunPart({ run, search, onSearch, onPath }: RunPartProps) {
  const [view, onView] = useChartsView(search, onSearch);
  const runs = useMemo(() => [run], [run]);
  switch (search.tab) {
    case "charts":
      return <MetricCharts runs={runs} view={view} onView={onView} which="logged" />;
    case "evaluation":
      return (
        <EvaluationPanel
          run={run}
          modelLink={(id) => <ModelLink experimentId={run.info.experiment_id} modelId={id} name="" />}
        />
      );
    case "system":
      return <MetricCharts runs={runs} view={view} onView={onView} which="system" />;
    case "console":
      return (
        <ConsolePanel
          run={run}
          find={search.find ?? ""}
          onFind={(find) => onSearch({ find: find === "" ? undefined : find })}
        />
      );
    case "code":
      return <CodePanel run={run} />;
    case "environment":
      return <EnvironmentPanel run={run} />;
    case "artifacts":
      return (
        <ArtifactBrowser
          owner={{ kind: "run", id: run.info.run_id }}
          isLive={run.info.status === "RUNNING"}
          path={search.path}
          onPath={onPath}
        />
      );
    default:
      return <RunOverview run={run} models={<RunModels run={run} />} />;
  }
}
