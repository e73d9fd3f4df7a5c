import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api } from "@/lib/api-client";
import { eachOf } from "@/lib/each-of";

import { runsKey } from "./run";

export interface Move {
  runIds: string[];
  to: "delete" | "restore";
}

/** Moves runs to the trash, or takes them out of it; answers those that moved, and the first failure if there was one. */
export function useMoveRuns() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ runIds, to }: Move) =>
      eachOf(runIds, (runId) => api.post(`/runs/${to}`, { run_id: runId })),
    onSettled: () => cache.invalidateQueries({ queryKey: runsKey }),
  });
}
