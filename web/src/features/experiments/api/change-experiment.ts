import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api } from "@/lib/api-client";

import { experimentsKey } from "./experiments";

type Change =
  | { kind: "create"; name: string }
  | { kind: "rename"; experimentId: string; name: string }
  | { kind: "delete" | "restore"; experimentId: string };

async function send(change: Change): Promise<string> {
  switch (change.kind) {
    case "create": {
      const made = await api.post<{ experiment_id: string }>("/experiments/create", { name: change.name });
      return made.experiment_id;
    }
    case "rename":
      await api.post("/experiments/update", { experiment_id: change.experimentId, new_name: change.name });
      return change.experimentId;
    default:
      await api.post(`/experiments/${change.kind}`, { experiment_id: change.experimentId });
      return change.experimentId;
  }
}

/** Creates, renames, deletes or restores an experiment; answers its id. */
export function useChangeExperiment() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSettled: () => cache.invalidateQueries({ queryKey: experimentsKey }),
  });
}
