import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { CopyText } from "@/components/copy-text";
import { Fact, Facts } from "@/components/facts";
import type { LoggedModel } from "@/types/wire";

import { runNamesQuery } from "../api/models";
import { RegisteredVersions } from "./registered-versions";

interface ModelFactsProps {
  model: LoggedModel;
  /** Name of its experiment, once it is known. */
  experiment: string | undefined;
  flavors: readonly string[];
}

/** What is known about a model besides what it predicts. */
export function ModelFacts({ model, experiment, flavors }: ModelFactsProps) {
  const { info } = model;
  const { experiment_id: experimentId, source_run_id: runId, model_type: type } = info;
  const runs = useQuery(runNamesQuery(experimentId, runId ? [runId] : []));
  return (
    <>
      <Facts title="Details">
        <Fact name="Model id">
          <CopyText text={info.model_id} mono />
        </Fact>
        {runId !== undefined && runId !== "" && (
          <Fact name="Run">
            <Link to="/experiments/$experimentId/runs/$runId" params={{ experimentId, runId }}>
              {runs.data?.get(runId) ?? runId.slice(0, 8)}
            </Link>
          </Fact>
        )}
        <Fact name="Experiment">
          <Link to="/experiments/$experimentId" params={{ experimentId }}>
            {experiment ?? experimentId}
          </Link>
        </Fact>
        {type !== undefined && type !== "" && <Fact name="Type">{type}</Fact>}
        {flavors.length > 0 && <Fact name="Flavors">{flavors.join(", ")}</Fact>}
        <Fact name="Files">
          <CopyText text={info.artifact_uri} mono />
        </Fact>
      </Facts>
      <RegisteredVersions modelId={info.model_id} />
    </>
  );
}
