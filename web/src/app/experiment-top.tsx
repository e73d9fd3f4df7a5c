import { Button } from "@/components/button";
import { PageHeader } from "@/components/page-header";
import { Segments } from "@/components/segments";
import { ColumnPicker } from "@/features/runs/components/column-picker";
import { FilterBox } from "@/features/runs/components/filter-box";
import type { ColumnChoice } from "@/features/runs/hooks/use-column-choice";
import type { RunPages } from "@/features/runs/hooks/use-run-pages";
import type { ChangeView, TableView } from "@/features/runs/table-view";
import { formatCount } from "@/lib/format";

import styles from "./experiment-top.module.css";

const VIEWS = [
  { value: "table", label: "Table", icon: "table" },
  { value: "charts", label: "Charts", icon: "chart" },
] as const;

interface ExperimentTopProps {
  /** Name of the experiment, once it is known. */
  name: string | undefined;
  found: RunPages;
  columns: ColumnChoice;
  view: TableView;
  onView: ChangeView;
  isCharts: boolean;
  onCharts: (on: boolean) => void;
  onShelf: (shelf: TableView["shelf"]) => void;
}

/** The head of an experiment: its name, which runs, and how they are shown. */
export function ExperimentTop(props: ExperimentTopProps) {
  const { name, found, columns, view, onView, isCharts, onCharts, onShelf } = props;
  const { query, runs } = found;
  const isDeleted = view.shelf === "deleted";
  // There may be more than are here: the protocol tells no number of all.
  const count = query.hasNextPage
    ? `More than ${formatCount(runs.length, "run")}`
    : formatCount(runs.length, "run");
  return (
    <div className={styles["top"]}>
      <PageHeader
        title={name ?? "…"}
        about={<span>{query.isSuccess ? count : "\u00a0"}</span>}
        actions={
          <Segments
            label="View"
            value={isCharts ? "charts" : "table"}
            choices={VIEWS}
            onChange={(next) => onCharts(next === "charts")}
          />
        }
      />
      <div className={styles["tools"]}>
        <FilterBox
          filter={view.filter}
          onFilter={(filter) => onView({ filter })}
          error={query.isError ? query.error : null}
        />
        <Button icon="tree" aria-pressed={view.tree} onClick={() => onView({ tree: !view.tree })}>
          Nested
        </Button>
        <Button
          icon="trash"
          aria-pressed={isDeleted}
          onClick={() => onShelf(isDeleted ? "active" : "deleted")}
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
  );
}
