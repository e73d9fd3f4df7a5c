import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Run } from "@/types/wire";

import { MAX_RUNS } from "../api/metric-history";
import { runQuery } from "../api/run";

/** Runs by their ids, in the order of the ids: those at hand, and the first hundred of the others from the server. */
export function useRunsById(ids: readonly string[], atHand: readonly Run[]): Run[] {
  const known = useMemo(() => new Map(atHand.map((run) => [run.info.run_id, run])), [atHand]);
  const missing = ids.filter((id) => !known.has(id)).slice(0, MAX_RUNS);
  const fetched = useQueries({
    queries: missing.map((id) => runQuery(id)),
    combine: (results) => results.flatMap((result) => (result.data ? [result.data] : [])),
  });
  return useMemo(() => {
    const others = new Map(fetched.map((run) => [run.info.run_id, run]));
    return ids.flatMap((id) => known.get(id) ?? others.get(id) ?? []);
  }, [ids, known, fetched]);
}
