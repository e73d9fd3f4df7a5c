import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";

import { combined, type Combined } from "@/lib/combined";
import type { Run } from "@/types/wire";

import { liveRunQuery } from "./use-run";

/** Each is a question of its own. */
const MOST_RUNS = 200;

export interface RunsById extends Omit<Combined<Run>, "found"> {
  runs: Run[];
}

/** Runs by their ids: those at hand, in their order, then the first 200 of the others, from the server. */
export function useRunsById(ids: readonly string[], atHand: readonly Run[]): RunsById {
  const known = useMemo(() => new Map(atHand.map((run) => [run.info.run_id, run])), [atHand]);
  const missing = ids.filter((id) => !known.has(id)).slice(0, MOST_RUNS);
  const { found, ...rest } = useQueries({ queries: missing.map(liveRunQuery), combine: combined });
  const runs = useMemo(() => {
    const others = new Map(found.map((run) => [run.info.run_id, run]));
    const wanted = new Set(ids);
    const first = atHand.filter((run) => wanted.has(run.info.run_id));
    return [...first, ...ids.flatMap((id) => (known.has(id) ? [] : (others.get(id) ?? [])))];
  }, [ids, atHand, known, found]);
  return { runs, ...rest };
}
