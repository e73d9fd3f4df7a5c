import { useCallback } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { TableSkeleton } from "@/components/table-skeleton";

import { isFilterError } from "../filter-error";
import type { RunPages } from "../hooks/use-run-pages";
import type { Selection } from "../hooks/use-selection";
import type { ChangeView, TableView } from "../table-view";
import type { RunNode } from "../tree";
import styles from "./runs-panel.module.css";
import { RunsTable } from "./runs-table";

interface RunsPanelProps {
  found: RunPages;
  nodes: readonly RunNode[];
  shown: readonly string[];
  view: TableView;
  onView: ChangeView;
  selection: Selection;
  folded: ReadonlySet<string>;
  onFold: (runId: string) => void;
}

function emptyWords(view: TableView): string {
  if (view.filter !== "") return "No run matches the filter.";
  return view.shelf === "deleted" ? "No run of this experiment is in the trash." : "There are no runs.";
}

/** The table of runs, or what stands in its place while there is nothing to show. */
export function RunsPanel({ found, nodes, ...rest }: RunsPanelProps) {
  const { query } = found;
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = query;
  const fetchMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);

  if (query.isPending) {
    return (
      <div className={styles["panel"]}>
        <TableSkeleton rows={14} />
      </div>
    );
  }
  if (query.isError && nodes.length === 0) {
    // What is wrong with a filter stands at the filter.
    if (isFilterError(query.error)) return <p className={styles["nothing"]}>The filter cannot be read.</p>;
    return (
      <div className={styles["panel"]}>
        <ErrorNotice
          what="The runs could not be loaded"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      </div>
    );
  }
  if (nodes.length === 0) {
    return <p className={styles["nothing"]}>{emptyWords(rest.view)}</p>;
  }
  return (
    <RunsTable
      nodes={nodes}
      onNearEnd={fetchMore}
      isStale={query.isPlaceholderData || query.isError}
      foot={
        query.isFetchNextPageError && (
          <div className={styles["foot"]}>
            <ErrorNotice
              what="More runs could not be loaded"
              error={query.error}
              onRetry={() => void fetchNextPage()}
            />
          </div>
        )
      }
      {...rest}
    />
  );
}
