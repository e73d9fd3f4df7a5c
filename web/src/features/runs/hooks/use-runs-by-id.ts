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

/** Runs by their ids, in the order of the ids: those at hand, and the first hundred of the others from the server. */
export function useRunsById(ids: readonly string[], atHand: readonly Run[]): RunsById {
  const known = useMemo(() => new Map(atHand.map((run) => [run.info.run_id, run])), [atHand]);
  const missing = ids.filter((id) => !known.has(id)).slice(0, MAX_RUNS);
  const { fetched, isPending, error, retry } = useQueries({
    queries: missing.map((id) => runQuery(id)),
    combine: (results) => ({
      fetched: results.flatMap((result) => (result.data ? [result.data] : [])),
      isPending: results.some((result) => result.isPending),
      error: results.find((result) => result.isError)?.error ?? undefined,
      retry: () => {
        for (const result of results) if (result.isError) void result.refetch();
      },
    }),
  });
  const runs = useMemo(() => {
    const others = new Map(fetched.map((run) => [run.info.run_id, run]));
    return ids.flatMap((id) => known.get(id) ?? others.get(id) ?? []);
  }, [ids, known, fetched]);
  return { runs, isPending, error, retry };
}
