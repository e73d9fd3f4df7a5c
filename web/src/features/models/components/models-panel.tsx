import { useCallback } from "react";

import { ErrorNotice } from "@/components/error-notice";
import type { Column } from "@/tables/columns";
import { DataTable, type RowSelection } from "@/tables/data-table";
import { PagedPanel } from "@/tables/paged-panel";
import type { LoggedModel } from "@/types/wire";

import type { ModelPages } from "../hooks/use-model-pages";
import { useModelTies } from "../hooks/use-model-ties";
import type { ChangeModelsView, ModelsView } from "../models-view";
import { ModelCell } from "./model-cell";
import styles from "./models-panel.module.css";

interface ModelsPanelProps {
  experimentId: string;
  found: ModelPages;
  columns: readonly Column[];
  view: ModelsView;
  onView: ChangeModelsView;
  selection: RowSelection;
}

const idOf = ({ info }: LoggedModel) => info.model_id;
const nameOf = ({ info }: LoggedModel) => info.name || info.model_id;

/** The table of an experiment's logged models, or what stands in its place while there is nothing to show. */
export function ModelsPanel({ experimentId, found, columns, view, onView, selection }: ModelsPanelProps) {
  const { runNames, versions, error, retry } = useModelTies(experimentId, found.pages);
  const cell = useCallback(
    (model: LoggedModel, column: Column) => (
      <ModelCell model={model} column={column} runNames={runNames} versions={versions} />
    ),
    [runNames, versions],
  );
  return (
    <>
      {error && (
        <div className={styles["notice"]}>
          <ErrorNotice what="The registered versions could not be loaded" error={error} onRetry={retry} />
        </div>
      )}
      <PagedPanel
        query={found.query}
        what="models"
        isEmpty={found.models.length === 0}
        nothing={view.filter === "" ? "There are no models." : "No model matches the filter."}
        table={(paging) => (
          <DataTable
            label="Models"
            rows={found.models}
            idOf={idOf}
            nameOf={nameOf}
            columns={columns}
            cell={cell}
            view={view}
            onView={onView}
            selection={selection}
            {...paging}
          />
        )}
      />
    </>
  );
}
