import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { useCallback, type ReactNode } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { TableSkeleton } from "@/components/table-skeleton";
import { isFilterError } from "@/lib/filter-error";

import styles from "./paged-panel.module.css";

/** What a table needs to know of the pages that its rows come in. */
export interface Paging {
  onNearEnd: () => void;
  isStale: boolean;
  foot: ReactNode;
}

interface PagedPanelProps {
  query: UseInfiniteQueryResult;
  /** What comes in pages, as `runs`. */
  what: string;
  /** Whether no row is here. */
  isEmpty: boolean;
  /** What to say then, once the server has answered. */
  nothing: string;
  table: (paging: Paging) => ReactNode;
}

/** A table whose rows come in pages, or what stands in its place while there is nothing to show. */
export function PagedPanel({ query, what, isEmpty, nothing, table }: PagedPanelProps) {
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
  if (query.isError && isEmpty) {
    // What is wrong with a filter stands at the filter.
    if (isFilterError(query.error)) return <p className={styles["nothing"]}>The filter cannot be read.</p>;
    return (
      <div className={styles["panel"]}>
        <ErrorNotice
          what={`The ${what} could not be loaded`}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      </div>
    );
  }
  if (isEmpty) return <p className={styles["nothing"]}>{nothing}</p>;
  return table({
    onNearEnd: fetchMore,
    isStale: query.isPlaceholderData || query.isError,
    foot: query.isFetchNextPageError && (
      <div className={styles["foot"]}>
        <ErrorNotice
          what={`More ${what} could not be loaded`}
          error={query.error}
          onRetry={() => void fetchNextPage()}
        />
      </div>
    ),
  });
}
