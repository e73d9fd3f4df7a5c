import { useState } from "react";

import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { TextField } from "@/components/text-field";

import { useChangeExperiment } from "../api/change-experiment";
import styles from "./name-dialog.module.css";

interface NameDialogProps {
  /** The experiment to rename; without one a new experiment is made. */
  experiment?: { id: string; name: string };
  onClose: () => void;
  /** Told the id once the server has taken the name. */
  onDone: (experimentId: string) => void;
}

/** Asks for the name of an experiment, new or old. */
export function NameDialog({ experiment, onClose, onDone }: NameDialogProps) {
  const [name, setName] = useState(experiment?.name ?? "");
  const change = useChangeExperiment();
  const wanted = name.trim();

  const submit = () => {
    if (wanted === "") return;
    change.mutate(
      experiment
        ? { kind: "rename", experimentId: experiment.id, name: wanted }
        : { kind: "create", name: wanted },
      { onSuccess: onDone },
    );
  };

  return (
    <Dialog open onClose={onClose} title={experiment ? "Rename experiment" : "New experiment"}>
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField
          label="Name of the experiment"
          placeholder="churn-model"
          autoFocus
          maxLength={500}
          value={name}
          aria-invalid={change.isError}
          onChange={(event) => {
            setName(event.target.value);
            change.reset();
          }}
        />
        {change.isError && (
          <p className={styles["error"]} role="alert">
            {change.error.message}
          </p>
        )}
        <div className={styles["buttons"]}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={wanted === "" || change.isPending}>
            {experiment ? "Rename" : "Create"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
