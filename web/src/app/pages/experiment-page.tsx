import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { experimentQuery } from "@/features/experiments/api/experiments";
import { FirstSteps } from "@/features/experiments/components/first-steps";
import type { ChangeChartsView, ChartsView } from "@/features/runs/charts-view";
import { orderBy } from "@/features/runs/columns";
import { MetricCharts } from "@/features/runs/components/metric-charts";
import { RunsPanel } from "@/features/runs/components/runs-panel";
import { SelectionBar } from "@/features/runs/components/selection-bar";
import { useColumnChoice } from "@/features/runs/hooks/use-column-choice";
import { idsOf, useRunPages, type RunPages } from "@/features/runs/hooks/use-run-pages";
import { useRunsById } from "@/features/runs/hooks/use-runs-by-id";
import { useSelection } from "@/features/runs/hooks/use-selection";
import { useShownNodes } from "@/features/runs/hooks/use-shown-nodes";
import type { TableView } from "@/features/runs/table-view";
import type { Run } from "@/types/wire";

import styles from "./experiment-page.module.css";
import { ExperimentTop } from "../experiment-top";
import { useChartsView } from "../use-charts-view";
import { useExperimentView } from "../use-experiment-view";
import { useSelectedIds } from "../use-selected-ids";
import { useTitle } from "../use-title";

/** With nothing selected, the charts draw so many runs from the top of the table. */
const CHARTED_AT_FIRST = 10;

/** The runs of an experiment, as a table or as charts. */
export function ExperimentPage() {
  const { experimentId } = useParams({ from: "/experiments/$experimentId" });
  const experiment = useQuery(experimentQuery(experimentId));
  useTitle(experiment.data?.name);
  if (experiment.isError) {
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
  return <ExperimentRuns key={experimentId} experimentId={experimentId} name={experiment.data?.name} />;
}

function ExperimentRuns({ experimentId, name }: { experimentId: string; name: string | undefined }) {
  const { search, view, onView, change } = useExperimentView();
  const [chartsView, onChartsView] = useChartsView(search, change);
  const [selectedIds, setSelectedIds] = useSelectedIds();
  const navigate = useNavigate();

  const order = useMemo(() => orderBy(view.sort), [view.sort]);
  const found = useRunPages({ experimentId, filter: view.filter, orderBy: order, shelf: view.shelf });
  const columns = useColumnChoice(found.pages, view.columns);
  const { nodes, folded, fold } = useShownNodes(found.runs, view.tree);
  const rows = useMemo(() => idsOf(nodes.map((node) => node.run)), [nodes]);
  const selection = useSelection(selectedIds, setSelectedIds, rows);
  const selected = useRunsById(selectedIds, found.runs);
  const unselect = useCallback(() => setSelectedIds([]), [setSelectedIds]);
  const isCharts = search.view === "charts";

  return (
    <div className={styles["page"]}>
      <ExperimentTop
        name={name}
        found={found}
        columns={columns}
        view={view}
        onView={onView}
        isCharts={isCharts}
        onCharts={(on) => change({ view: on ? "charts" : undefined })}
        onShelf={(shelf) => {
          unselect();
          onView({ shelf });
        }}
      />
      {isUnused(found, view) ? (
        <div className={styles["scroll"]}>
          <FirstSteps title="This experiment has no runs yet" experiment={name ?? ""} />
        </div>
      ) : isCharts && found.query.isSuccess ? (
        <div className={styles["scroll"]}>
          <ChartedRuns
            selected={selectedIds.length > 0 ? selected.runs : undefined}
            found={found.runs}
            view={chartsView}
            onView={onChartsView}
          />
        </div>
      ) : (
        <RunsPanel
          found={found}
          nodes={nodes}
          shown={columns.shown}
          view={view}
          onView={onView}
          selection={selection}
          folded={folded}
          onFold={fold}
        />
      )}
      <SelectionBar
        ids={selectedIds}
        shelf={view.shelf}
        onClear={unselect}
        onCharts={isCharts ? undefined : () => change({ view: "charts" })}
        onCompare={() => void navigate({ to: "/compare", search: { run: [...selectedIds] } })}
      />
    </div>
  );
}

/** Whether there is nothing because nothing has been logged, not because of a filter. */
function isUnused({ query, runs }: RunPages, view: TableView): boolean {
  return query.isSuccess && runs.length === 0 && view.filter === "" && view.shelf === "active";
}

interface ChartedRunsProps {
  /** The runs chosen; without a choice the first of those found are drawn. */
  selected: readonly Run[] | undefined;
  found: readonly Run[];
  view: ChartsView;
  onView: ChangeChartsView;
}

function ChartedRuns({ selected, found, view, onView }: ChartedRunsProps) {
  const runs = useMemo(() => selected ?? found.slice(0, CHARTED_AT_FIRST), [selected, found]);
  return (
    <>
      {!selected && found.length > CHARTED_AT_FIRST && (
        <p className={styles["hint"]}>
          The first {CHARTED_AT_FIRST} runs of the table are drawn. Select runs there to choose others.
        </p>
      )}
      <MetricCharts runs={runs} view={view} onView={onView} />
    </>
  );
}
