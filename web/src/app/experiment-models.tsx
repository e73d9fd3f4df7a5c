import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";

import { FilterBox } from "@/components/filter-box";
import { FirstModel } from "@/features/models/components/first-model";
import { ModelSelection } from "@/features/models/components/model-selection";
import { ModelsPanel } from "@/features/models/components/models-panel";
import { useModelColumns } from "@/features/models/hooks/use-model-columns";
import { useModelPages } from "@/features/models/hooks/use-model-pages";
import { modelOrder } from "@/features/models/model-columns";
import { ColumnPicker } from "@/tables/column-picker";
import { useSelection } from "@/tables/use-selection";

import { countOf } from "./count-of";
import { ExperimentTop, type ExperimentPart } from "./experiment-top";
import { useModelsView } from "./use-experiment-view";
import { useSelectedIds } from "./use-selected-ids";

interface ExperimentModelsProps {
  experimentId: string;
  name: string | undefined;
  /** Whether it is in the trash, where nothing can be logged to it. */
  isTrashed: boolean;
  onPart: (part: ExperimentPart) => void;
}

/** The logged models of an experiment. */
export function ExperimentModels({ experimentId, name, isTrashed, onPart }: ExperimentModelsProps) {
  const [view, onView] = useModelsView();
  const orderBy = useMemo(() => modelOrder(view.sort), [view.sort]);
  const found = useModelPages({ experimentId, filter: view.filter, orderBy });
  const columns = useModelColumns(found.models, view.columns);
  const { query, models } = found;
  const [selectedIds, setSelectedIds] = useSelectedIds("msel");
  const rows = useMemo(() => models.map(({ info }) => info.model_id), [models]);
  const selection = useSelection(selectedIds, setSelectedIds, rows);
  const navigate = useNavigate();
  const isUnused = !isTrashed && query.isSuccess && models.length === 0 && view.filter === "";

  return (
    <>
      <ExperimentTop name={name} count={countOf(query, models.length, "model")} part="models" onPart={onPart}>
        <FilterBox
          label="Filter models"
          example={'metrics.rmse < 0.5 and name LIKE "price%"'}
          filter={view.filter}
          onFilter={(filter) => onView({ filter })}
          error={query.isError ? query.error : null}
        />
        <ColumnPicker {...columns} onChange={(next) => onView({ columns: next })} />
      </ExperimentTop>
      {isUnused ? (
        <FirstModel experiment={name ?? ""} />
      ) : (
        <ModelsPanel
          experimentId={experimentId}
          found={found}
          columns={columns.shown}
          view={view}
          onView={onView}
          selection={selection}
        />
      )}
      <ModelSelection
        ids={selectedIds}
        onClear={() => setSelectedIds([])}
        onCompare={() => void navigate({ to: "/compare", search: { model: [...selectedIds] } })}
      />
    </>
  );
}
