import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api } from "@/lib/api-client";

import { runsKey } from "./run";

export type RunChange =
  | { kind: "name"; runId: string; name: string }
  | { kind: "set-tag"; runId: string; key: string; value: string }
  | { kind: "delete-tag"; runId: string; key: string };

function send(change: RunChange): Promise<unknown> {
  switch (change.kind) {
    case "name":
      return api.post("/runs/update", { run_id: change.runId, run_name: change.name });
    case "set-tag":
      return api.post("/runs/set-tag", { run_id: change.runId, key: change.key, value: change.value });
    case "delete-tag":
      return api.post("/runs/delete-tag", { run_id: change.runId, key: change.key });
  }
}

/** Renames a run, or sets or removes one of its tags. */
export function useChangeRun() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSettled: () => cache.invalidateQueries({ queryKey: runsKey }),
  });
}
