import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { TableSkeleton } from "@/components/table-skeleton";

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  /** What could not be done where it fails. */
  what: string;
  /** The shape of what is on its way. */
  waiting?: ReactNode;
  children: (data: T) => ReactNode;
}

/** An answer, or its shape while it is on its way, or why there is none. An answer stays when a later one fails. */
export function Loaded<T>({ query, what, waiting = <TableSkeleton rows={8} />, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError)
    return <ErrorNotice what={what} error={query.error} onRetry={() => void query.refetch()} />;
  return waiting;
}
