import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import { Button } from "@/components/button";
import { ErrorNotice } from "@/components/error-notice";
import { FilterBox } from "@/components/filter-box";
import { TableSkeleton } from "@/components/table-skeleton";
import { FirstSteps } from "@/features/experiments/components/first-steps";
import type { ChangeChartsView, ChartsView } from "@/features/runs/charts-view";
import { orderBy } from "@/features/runs/columns";
import { MetricCharts } from "@/features/runs/components/metric-charts";
import { RunsPanel } from "@/features/runs/components/runs-panel";
import { RunSelection } from "@/features/runs/components/run-selection";
import { useColumnChoice } from "@/features/runs/hooks/use-column-choice";
import { idsOf, useRunPages, type RunPages } from "@/features/runs/hooks/use-run-pages";
import { useRunsById, type RunsById } from "@/features/runs/hooks/use-runs-by-id";
import { useShownNodes } from "@/features/runs/hooks/use-shown-nodes";
import type { RunsView } from "@/features/runs/runs-view";
import { ColumnPicker } from "@/tables/column-picker";
import { useSelection } from "@/tables/use-selection";
import type { Run } from "@/types/wire";

import { countOf } from "./count-of";
import { ExperimentTop, type ExperimentPart } from "./experiment-top";
import styles from "./pages/experiment-page.module.css";
import { useChartsView } from "./use-charts-view";
import { useExperimentSearch, useRunsView } from "./use-experiment-view";
import { useSelectedIds } from "./use-selected-ids";

/** With nothing selected, the charts draw so many runs from the top of the table. */
const CHARTED_AT_FIRST = 10;

interface ExperimentRunsProps {
  experimentId: string;
  name: string | undefined;
  /** Whether it is in the trash, where nothing can be logged to it. */
  isTrashed: boolean;
  part: "table" | "charts";
  onPart: (part: ExperimentPart) => void;
}

/** The runs of an experiment, as a table or as charts. */
export function ExperimentRuns({ experimentId, name, isTrashed, part, onPart }: ExperimentRunsProps) {
  const { search, change } = useExperimentSearch();
  const [view, onView] = useRunsView();
  const [chartsView, onChartsView] = useChartsView(search, change);
  const [selectedIds, setSelectedIds] = useSelectedIds("sel");
  const navigate = useNavigate();

  const order = useMemo(() => orderBy(view.sort), [view.sort]);
  const found = useRunPages({ experimentId, filter: view.filter, orderBy: order, shelf: view.shelf });
  const columns = useColumnChoice(found.pages, view.columns);
  const { nodes, folded, fold } = useShownNodes(found.runs, view.tree);
  const rows = useMemo(() => idsOf(nodes.map((node) => node.run)), [nodes]);
  const selection = useSelection(selectedIds, setSelectedIds, rows);
  const selected = useRunsById(selectedIds, found.runs);
  const unselect = useCallback(() => setSelectedIds([]), [setSelectedIds]);
  const isCharts = part === "charts";

  return (
    <>
      <ExperimentTop
        name={name}
        count={countOf(found.query, found.runs.length, "run")}
        part={part}
        onPart={onPart}
      >
        <FilterBox
          label="Filter runs"
          example={'metrics.accuracy > 0.9 and params.model = "tree"'}
          filter={view.filter}
          onFilter={(filter) => onView({ filter })}
          error={found.query.isError ? found.query.error : null}
        />
        <Button icon="tree" aria-pressed={view.tree} onClick={() => onView({ tree: !view.tree })}>
          Nested
        </Button>
        <Button
          icon="trash"
          aria-pressed={view.shelf === "deleted"}
          onClick={() => {
            unselect();
            onView({ shelf: view.shelf === "deleted" ? "active" : "deleted" });
          }}
        >
          Trash
        </Button>
        {!isCharts && <ColumnPicker {...columns} onChange={(next) => onView({ columns: next })} />}
      </ExperimentTop>
      {isUnused(found, view, isTrashed) ? (
        <div className={styles["scroll"]}>
          <FirstSteps title="This experiment has no runs yet" experiment={name ?? ""} />
        </div>
      ) : isCharts && found.runs.length + selectedIds.length > 0 ? (
        <div className={styles["scroll"]}>
          <ChartedRuns
            selected={selectedIds.length > 0 ? selected : undefined}
            found={found.runs}
            view={chartsView}
            onView={onChartsView}
          />
        </div>
      ) : (
        <RunsPanel
          found={found}
          nodes={nodes}
          columns={columns.shown}
          view={view}
          onView={onView}
          selection={selection}
          folded={folded}
          onFold={fold}
        />
      )}
      <RunSelection
        ids={selectedIds}
        shelf={view.shelf}
        onClear={unselect}
        onCharts={isCharts ? undefined : () => onPart("charts")}
        onCompare={() => void navigate({ to: "/compare", search: { run: [...selectedIds] } })}
      />
    </>
  );
}

/** Whether there is nothing because nothing has been logged yet, not because of a filter. */
function isUnused({ query, runs }: RunPages, { filter, shelf }: RunsView, isTrashed: boolean): boolean {
  return query.isSuccess && runs.length === 0 && filter === "" && shelf === "active" && !isTrashed;
}

interface ChartedRunsProps {
  /** The runs chosen; without a choice the first of those found are drawn. */
  selected: RunsById | undefined;
  found: readonly Run[];
  view: ChartsView;
  onView: ChangeChartsView;
}

function ChartedRuns({ selected, found, view, onView }: ChartedRunsProps) {
  const chosen = selected?.runs;
  const runs = useMemo(() => chosen ?? found.slice(0, CHARTED_AT_FIRST), [chosen, found]);
  if (runs.length === 0 && selected?.isPending) return <TableSkeleton rows={8} />;
  return (
    <>
      {selected?.error && (
        <ErrorNotice
          what="Some of the selected runs could not be loaded"
          error={selected.error}
          onRetry={selected.retry}
        />
      )}
      {!selected && found.length > CHARTED_AT_FIRST && (
        <p className={styles["hint"]}>
          The first {CHARTED_AT_FIRST} runs of the table are drawn. Select runs there to choose others.
        </p>
      )}
      <MetricCharts runs={runs} view={view} onView={onView} />
    </>
  );
}
