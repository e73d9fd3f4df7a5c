import { useToast } from "@/components/toasts";
import type { Experiment } from "@/types/wire";

import { useChangeExperiment } from "../api/change-experiment";

/** Moves an experiment to the trash or takes it out, says so, and offers the way back. */
export function useTrashExperiment() {
  const { mutateAsync } = useChangeExperiment();
  const toast = useToast();

  const move = async (experiment: Experiment, kind: "delete" | "restore", undoable = true) => {
    try {
      await mutateAsync({ kind, experimentId: experiment.experiment_id });
    } catch (error) {
      toast({ text: error instanceof Error ? error.message : String(error), bad: true });
      return;
    }
    const where = kind === "delete" ? "moved to the trash" : "restored";
    const back = kind === "delete" ? "restore" : "delete";
    const undo = { label: "Undo", run: () => void move(experiment, back, false) };
    toast({ text: `“${experiment.name}” ${where}`, ...(undoable ? { action: undo } : {}) });
  };
  return move;
}
