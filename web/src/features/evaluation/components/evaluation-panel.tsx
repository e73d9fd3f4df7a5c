import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { Hint } from "@/components/hint";
import { Segments } from "@/components/segments";
import { TableSkeleton } from "@/components/table-skeleton";
import type { Run } from "@/types/wire";

import { evaluationQuery, evaluationsQuery, nameOf } from "../api/evaluations";
import { EvaluationView, type EvaluationViewProps } from "./evaluation-view";

const REFRESH_MS = 5_000;

interface EvaluationPanelProps extends Pick<EvaluationViewProps, "modelLink"> {
  run: Run;
}

/** How good the model of a run is: what `runstone.evaluate` logged. */
export function EvaluationPanel({ run, modelLink }: EvaluationPanelProps) {
  const folders = useQuery({
    ...evaluationsQuery(run.info.run_id),
    refetchInterval: run.info.status === "RUNNING" ? REFRESH_MS : false,
  });
  const [chosen, setChosen] = useState<string>();
  if (folders.isError)
    return (
      <ErrorNotice
        what="The evaluations could not be listed"
        error={folders.error}
        onRetry={() => void folders.refetch()}
      />
    );
  if (!folders.data) return <TableSkeleton rows={8} />;
  const folder = folders.data.find((each) => each === chosen) ?? folders.data[0];
  if (folder === undefined)
    return (
      <Hint
        title="No model was evaluated in this run"
        code={'runstone.evaluate(model, data, targets="y", model_type="classifier")'}
        page="Say how good a model is"
      >
        Metrics with intervals, curves, slices and the comparison with another model stand here once this was
        called in the run.
      </Hint>
    );
  return (
    <>
      {folders.data.length > 1 && (
        <Segments
          label="Evaluation"
          value={folder}
          choices={folders.data.map((each) => ({ value: each, label: nameOf(each) }))}
          onChange={setChosen}
        />
      )}
      <OneEvaluation runId={run.info.run_id} folder={folder} modelLink={modelLink} />
    </>
  );
}

interface OneEvaluationProps extends Pick<EvaluationViewProps, "modelLink"> {
  runId: string;
  folder: string;
}

function OneEvaluation({ runId, folder, modelLink }: OneEvaluationProps) {
  const query = useQuery(evaluationQuery(runId, folder));
  if (query.data) return <EvaluationView evaluation={query.data} modelLink={modelLink} />;
  if (query.isError)
    return (
      <ErrorNotice
        what="The evaluation could not be loaded"
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    );
  return <TableSkeleton rows={8} />;
}
