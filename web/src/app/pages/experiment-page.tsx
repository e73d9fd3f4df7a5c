import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import { Button } from "@/components/button";
import { ErrorNotice } from "@/components/error-notice";
import { PageHeader } from "@/components/page-header";
import { Segments } from "@/components/segments";
import { experimentQuery } from "@/features/experiments/api/experiments";
import { FirstSteps } from "@/features/experiments/components/first-steps";
import { orderBy } from "@/features/runs/columns";
import { ColumnPicker } from "@/features/runs/components/column-picker";
import { FilterBox } from "@/features/runs/components/filter-box";
import { MetricCharts } from "@/features/runs/components/metric-charts";
import { RunsPanel } from "@/features/runs/components/runs-panel";
import { SelectionBar } from "@/features/runs/components/selection-bar";
import { useColumnChoice } from "@/features/runs/hooks/use-column-choice";
import { idsOf, useRunPages } from "@/features/runs/hooks/use-run-pages";
import { useRunsById } from "@/features/runs/hooks/use-runs-by-id";
import { useSelection } from "@/features/runs/hooks/use-selection";
import { useShownNodes } from "@/features/runs/hooks/use-shown-nodes";
import { formatCount } from "@/lib/format";

import styles from "./experiment-page.module.css";
import { useChartsView } from "../use-charts-view";
import { useExperimentView } from "../use-experiment-view";
import { useSelectedIds } from "../use-selected-ids";
import { useTitle } from "../use-title";

/** With nothing selected, the charts draw so many runs from the top of the table. */
const CHARTED_AT_FIRST = 10;

const VIEWS = [
  { value: "table", label: "Table", icon: "table" },
  { value: "charts", label: "Charts", icon: "chart" },
] as const;

/** The runs of an experiment, as a table or as charts. */
export function ExperimentPage() {
  const { experimentId } = useParams({ from: "/experiments/$experimentId" });
  const { search, view, onView, change } = useExperimentView();
  const [chartsView, onChartsView] = useChartsView(search, change);
  const [selectedIds, setSelectedIds] = useSelectedIds();
  const navigate = useNavigate();
  const experiment = useQuery(experimentQuery(experimentId));
  useTitle(experiment.data?.name);

  const order = useMemo(() => orderBy(view.sort), [view.sort]);
  const found = useRunPages({ experimentId, filter: view.filter, orderBy: order, shelf: view.shelf });
  const columns = useColumnChoice(found.pages, view.columns);
  const { nodes, folded, fold } = useShownNodes(found.runs, view.tree);
  const rows = useMemo(() => idsOf(nodes.map((node) => node.run)), [nodes]);
  const selection = useSelection(selectedIds, setSelectedIds, rows);
  const selected = useRunsById(selectedIds, found.runs);
  const charted = selectedIds.length > 0 ? selected : found.runs.slice(0, CHARTED_AT_FIRST);
  const unselect = useCallback(() => setSelectedIds([]), [setSelectedIds]);

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

  const isUnused =
    found.query.isSuccess && found.runs.length === 0 && view.filter === "" && view.shelf === "active";
  const more = found.query.hasNextPage ? "+" : "";
  const count = `${formatCount(found.runs.length, "run").replace(" ", `${more} `)}`;
  const isCharts = search.view === "charts";

  return (
    <div className={styles["page"]}>
      <div className={styles["top"]}>
        <PageHeader
          title={experiment.data?.name ?? "…"}
          about={found.query.isSuccess && <span>{count}</span>}
          actions={
            <Segments
              label="View"
              value={isCharts ? "charts" : "table"}
              choices={VIEWS}
              onChange={(next) => change({ view: next === "charts" ? "charts" : undefined })}
            />
          }
        />
        <div className={styles["tools"]}>
          <FilterBox
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
              onView({ shelf: view.shelf === "active" ? "deleted" : "active" });
            }}
          >
            Trash
          </Button>
          {!isCharts && (
            <ColumnPicker
              known={columns.known}
              shown={columns.shown}
              onChange={(next) => onView({ columns: next })}
            />
          )}
        </div>
      </div>
      {isUnused ? (
        <div className={styles["scroll"]}>
          <FirstSteps title="This experiment has no runs yet" experiment={experiment.data?.name ?? ""} />
        </div>
      ) : isCharts ? (
        <div className={styles["scroll"]}>
          {selectedIds.length === 0 && found.runs.length > CHARTED_AT_FIRST && (
            <p className={styles["hint"]}>
              The first {CHARTED_AT_FIRST} runs of the table are drawn. Select runs there to choose others.
            </p>
          )}
          <MetricCharts runs={charted} view={chartsView} onView={onChartsView} />
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
