import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { ErrorNotice } from "@/components/error-notice";
import { experimentQuery } from "@/features/experiments/api/experiments";
import { TrashedNotice } from "@/features/experiments/components/trashed-notice";

import { ExperimentModels } from "../experiment-models";
import { ExperimentRuns } from "../experiment-runs";
import type { ExperimentPart } from "../experiment-top";
import { useExperimentSearch } from "../use-experiment-view";
import { useTitle } from "../use-title";
import styles from "./experiment-page.module.css";

/** An experiment: its runs, as a table or as charts, or its logged models. */
export function ExperimentPage() {
  const { experimentId } = useParams({ from: "/experiments/$experimentId" });
  const experiment = useQuery(experimentQuery(experimentId));
  const { search, change } = useExperimentSearch();
  useTitle(experiment.data?.name);
  if (experiment.isLoadingError) {
    return (
      <div className={styles["failure"]}>
        <ErrorNotice
          what="The experiment could not be loaded"
          error={experiment.error}
          onRetry={() => void experiment.refetch()}
        />
      </div>
    );
  }
  const part = search.view ?? "table";
  const isTrashed = experiment.data?.lifecycle_stage === "deleted";
  const shared = {
    experimentId,
    name: experiment.data?.name,
    isTrashed,
    onPart: (next: ExperimentPart) => change({ view: next === "table" ? undefined : next }),
  };
  return (
    <div key={experimentId} className={styles["page"]}>
      {experiment.data && isTrashed && <TrashedNotice experiment={experiment.data} />}
      {part === "models" ? <ExperimentModels {...shared} /> : <ExperimentRuns part={part} {...shared} />}
    </div>
  );
}
