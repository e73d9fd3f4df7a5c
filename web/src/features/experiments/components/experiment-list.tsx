import type { UseQueryResult } from "@tanstack/react-query";

import { ErrorNotice } from "@/components/error-notice";
import { TableSkeleton } from "@/components/table-skeleton";
import type { Experiment } from "@/types/wire";

import type { Shelf } from "../api/experiments";
import type { ExperimentRow, ExperimentSort } from "../hooks/use-experiment-rows";
import { useTrashExperiment } from "../hooks/use-trash-experiment";
import styles from "./experiment-list.module.css";
import { ExperimentTable } from "./experiment-table";
import { FirstSteps } from "./first-steps";

interface ExperimentListProps {
  list: UseQueryResult<Experiment[]>;
  /** Those of `list` that match the search, sorted. */
  rows: ExperimentRow[];
  shelf: Shelf;
  search: string;
  sort: ExperimentSort;
  onSort: (sort: ExperimentSort) => void;
  onRename: (experiment: Experiment) => void;
}

/** The server makes this experiment by itself; alone and without a run it is no sign of use. */
const MADE_BY_ITSELF = "Default";

/** The experiments, or what stands in their place while there is nothing to show. */
export function ExperimentList({ list, rows, shelf, search, sort, onSort, onRename }: ExperimentListProps) {
  const trash = useTrashExperiment();
  if (list.isPending) return <TableSkeleton rows={8} />;
  if (list.isLoadingError) {
    return (
      <ErrorNotice
        what="The experiments could not be loaded"
        error={list.error}
        onRetry={() => void list.refetch()}
      />
    );
  }
  if (rows.length === 0 && search !== "") {
    return <p className={styles["nothing"]}>No experiment has “{search}” in its name.</p>;
  }
  if (shelf === "deleted" && rows.length === 0)
    return <p className={styles["nothing"]}>The trash is empty.</p>;

  const isUnused = rows.every((row) => row.experiment.name === MADE_BY_ITSELF && !row.latestRun);
  return (
    <>
      {rows.length > 0 && (
        <ExperimentTable
          rows={rows}
          sort={sort}
          onSort={onSort}
          onRename={onRename}
          onTrash={(experiment) => void trash(experiment, "delete")}
          onRestore={(experiment) => void trash(experiment, "restore")}
        />
      )}
      {isUnused && shelf === "active" && search === "" && (
        <FirstSteps title="Nothing has been logged yet" experiment="first-steps" />
      )}
    </>
  );
}
