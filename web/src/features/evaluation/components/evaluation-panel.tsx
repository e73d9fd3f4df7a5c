import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Hint } from "@/components/hint";
import { Loaded } from "@/components/loaded";
import { Segments } from "@/components/segments";
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
  return (
    <Loaded query={folders} what="The evaluations could not be listed">
      {(found) =>
        found.length === 0 ? (
          <NoEvaluation />
        ) : (
          <Evaluations runId={run.info.run_id} folders={found} modelLink={modelLink} />
        )
      }
    </Loaded>
  );
}

interface EvaluationsProps extends Pick<EvaluationViewProps, "modelLink"> {
  runId: string;
  folders: readonly string[];
}

function Evaluations({ runId, folders, modelLink }: EvaluationsProps) {
  const [chosen, setChosen] = useState("");
  const folder = folders.includes(chosen) ? chosen : (folders[0] ?? "");
  const query = useQuery(evaluationQuery(runId, folder));
  return (
    <>
      {folders.length > 1 && (
        <Segments
          label="Evaluation"
          value={folder}
          choices={folders.map((each) => ({ value: each, label: nameOf(each) }))}
          onChange={setChosen}
        />
      )}
      <Loaded query={query} what="The evaluation could not be loaded">
        {(evaluation) => <EvaluationView evaluation={evaluation} modelLink={modelLink} />}
      </Loaded>
    </>
  );
}

function NoEvaluation() {
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
}
