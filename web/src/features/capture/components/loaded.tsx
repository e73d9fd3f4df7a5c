import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { TableSkeleton } from "@/components/table-skeleton";

/** An answer, or its shape while it is on its way, or why there is none. */
export function Loaded<T>({
  query,
  what,
  children,
}: {
  query: UseQueryResult<T>;
  /** What could not be done where it fails. */
  what: string;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError)
    return <ErrorNotice what={what} error={query.error} onRetry={() => void query.refetch()} />;
  return <TableSkeleton rows={6} />;
}
