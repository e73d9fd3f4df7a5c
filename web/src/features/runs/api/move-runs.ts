import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api } from "@/lib/api-client";

import { runsKey } from "./run";

const AT_ONCE = 6;

export interface Move {
  runIds: string[];
  to: "delete" | "restore";
}

/** Moves each run; answers those that moved, and the first failure if there was one. */
async function moveAll({ runIds, to }: Move): Promise<{ moved: string[]; failure: Error | undefined }> {
  const waiting = [...runIds];
  const moved: string[] = [];
  let failure: Error | undefined;
  const work = async () => {
    for (let runId = waiting.shift(); runId !== undefined && !failure; runId = waiting.shift()) {
      try {
        await api.post(`/runs/${to}`, { run_id: runId });
        moved.push(runId);
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { moved, failure };
}

/** Moves runs to the trash, or takes them out of it. */
export function useMoveRuns() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: moveAll,
    onSettled: () => cache.invalidateQueries({ queryKey: runsKey }),
  });
}
