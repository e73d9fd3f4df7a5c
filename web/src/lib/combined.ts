import type { UseQueryResult } from "@tanstack/react-query";

export interface Combined<T> {
  found: T[];
  isPending: boolean;
  /** Why some of them are not here. */
  error: Error | undefined;
  retry: () => void;
}

/** Several answers of one kind as one: those that are here, in order. */
export function combined<T>(results: readonly UseQueryResult<T>[]): Combined<T> {
  return {
    found: results.flatMap(({ data }) => (data === undefined ? [] : [data])),
    isPending: results.some((result) => result.isPending),
    error: results.find((result) => result.isLoadingError)?.error ?? undefined,
    retry: () => {
      for (const result of results) if (result.isError) void result.refetch();
    },
  };
}
