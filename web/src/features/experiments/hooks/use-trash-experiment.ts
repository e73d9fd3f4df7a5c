import { useToast } from "@/components/toasts";
import type { Experiment } from "@/types/wire";

import { useChangeExperiment } from "../api/change-experiment";

/** Moves an experiment to the trash or takes it out, says so, and offers the way back. */
export function useTrashExperiment() {
  const change = useChangeExperiment();
  const toast = useToast();

  const move = (experiment: Experiment, kind: "delete" | "restore", undoable = true) => {
    change.mutate(
      { kind, experimentId: experiment.experiment_id },
      {
        onSuccess: () => {
          const where = kind === "delete" ? "moved to the trash" : "restored";
          const back = kind === "delete" ? "restore" : "delete";
          toast({
            text: `“${experiment.name}” ${where}`,
            ...(undoable ? { action: { label: "Undo", run: () => move(experiment, back, false) } } : {}),
          });
        },
        onError: (error) => toast({ text: error.message, bad: true }),
      },
    );
  };
  return move;
}
