import { NameDialog } from "@/components/name-dialog";

import { useChangeExperiment } from "../api/change-experiment";

interface NameExperimentProps {
  /** The experiment to rename; without one a new experiment is made. */
  experiment?: { id: string; name: string };
  onClose: () => void;
  /** Told the id once the server has taken the name. */
  onDone: (experimentId: string) => void;
}

/** Asks for the name of an experiment, new or old. */
export function NameExperiment({ experiment, onClose, onDone }: NameExperimentProps) {
  const change = useChangeExperiment();
  return (
    <NameDialog
      title={experiment ? "Rename experiment" : "New experiment"}
      label="Name of the experiment"
      action={experiment ? "Rename" : "Create"}
      name={experiment?.name ?? ""}
      placeholder="churn-model"
      maxLength={500}
      change={change}
      onClose={onClose}
      onName={(name) =>
        change.mutate(
          experiment ? { kind: "rename", experimentId: experiment.id, name } : { kind: "create", name },
          { onSuccess: onDone },
        )
      }
    />
  );
}
