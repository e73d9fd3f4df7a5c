import { Link } from "@tanstack/react-router";

import { CopyText } from "@/components/copy-text";
import { MetricValue } from "@/components/metric-value";
import { RunDot } from "@/components/run-dot";
import { TimeAgo } from "@/components/time-ago";
import type { Column } from "@/tables/columns";
import type { LoggedModel, ModelVersion } from "@/types/wire";

import type { ModelTies } from "../hooks/use-model-ties";
import { modelDataOf } from "../model-data";
import { typeOf } from "../model-type";
import styles from "./model-cell.module.css";
import { ModelLink } from "./model-link";
import { ModelStatus } from "./model-status";
import { versionText } from "../version-text";

interface ModelCellProps extends Pick<ModelTies, "runNames" | "versions"> {
  model: LoggedModel;
  column: Column;
}

const NO_VERSIONS: readonly ModelVersion[] = [];

/** What a column shows of a logged model; empty where the model has no such thing. */
export function ModelCell(props: ModelCellProps) {
  const { model, column } = props;
  if (column.kind === "attributes") return <AttributeCell {...props} />;
  if (column.kind === "metrics") {
    const metric = modelDataOf(model).metrics.get(column.id);
    return metric && <MetricValue value={metric.value} tabIndex={-1} />;
  }
  const text = modelDataOf(model)[column.kind].get(column.key);
  return text !== undefined && <span title={text}>{text}</span>;
}

function AttributeCell({ model, column, runNames, versions }: ModelCellProps) {
  const { info } = model;
  switch (column.key) {
    case "name":
      return (
        <span className={styles["name"]}>
          <ModelLink experimentId={info.experiment_id} modelId={info.model_id} name={info.name} />
        </span>
      );
    case "status":
      return <ModelStatus status={info.status} />;
    case "creation_timestamp":
      return <TimeAgo time={info.creation_timestamp_ms} />;
    case "source_run_id":
      return <SourceRun model={model} runNames={runNames} />;
    case "model_type":
      return <span title={typeOf(model)}>{typeOf(model)}</span>;
    case "registered":
      return <Registered versions={versions.get(info.model_id) ?? NO_VERSIONS} />;
    case "model_id":
      return <CopyText text={info.model_id} mono tabIndex={-1} />;
    default:
      return null;
  }
}

function SourceRun({ model, runNames }: Pick<ModelCellProps, "model" | "runNames">) {
  const { experiment_id: experimentId, source_run_id: runId = "" } = model.info;
  if (runId === "") return null;
  return (
    <span className={styles["run"]}>
      <RunDot runId={runId} />
      <Link
        to="/experiments/$experimentId/runs/$runId"
        params={{ experimentId, runId }}
        className={styles["link"]}
        title={runId}
        preload={false}
      >
        {runNames.get(runId) ?? runId.slice(0, 8)}
      </Link>
    </span>
  );
}

function Registered({ versions }: { versions: readonly ModelVersion[] }) {
  const text = versions.map(versionText).join(", ");
  return <span title={text}>{text}</span>;
}
