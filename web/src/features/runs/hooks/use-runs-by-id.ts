import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Run } from "@/types/wire";

import { MAX_RUNS } from "../api/metric-history";
import { runQuery } from "../api/run";

export interface RunsById {
  runs: Run[];
  isPending: boolean;
  /** Why some of them are not here. */
  error: Error | undefined;
  retry: () => void;
}

/** Runs by their ids: those at hand, in their order, then the first hundred of the others, from the server. */
export function useRunsById(ids: readonly string[], atHand: readonly Run[]): RunsById {
  const known = useMemo(() => new Map(atHand.map((run) => [run.info.run_id, run])), [atHand]);
  const missing = ids.filter((id) => !known.has(id)).slice(0, MAX_RUNS);
  const { fetched, isPending, error, retry } = useQueries({
    queries: missing.map((id) => runQuery(id)),
    combine: (results) => ({
      fetched: results.flatMap((result) => (result.data ? [result.data] : [])),
      isPending: results.some((result) => result.isPending),
      error: results.find((result) => result.isLoadingError)?.error ?? undefined,
      retry: () => {
        for (const result of results) if (result.isError) void result.refetch();
      },
    }),
  });
  const runs = useMemo(() => {
    const others = new Map(fetched.map((run) => [run.info.run_id, run]));
    const wanted = new Set(ids);
    const first = atHand.filter((run) => wanted.has(run.info.run_id));
    return [...first, ...ids.flatMap((id) => (known.has(id) ? [] : (others.get(id) ?? [])))];
  }, [ids, atHand, known, fetched]);
  return { runs, isPending, error, retry };
}
