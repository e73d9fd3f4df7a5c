import { useState } from "react";

import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { TextField } from "@/components/text-field";
import type { Run } from "@/types/wire";

import { useChangeRun } from "../api/change-run";
import styles from "./rename-run.module.css";

/** Asks for another name of a run. */
export function RenameRun({ run, onClose }: { run: Run; onClose: () => void }) {
  const [name, setName] = useState(run.info.run_name);
  const change = useChangeRun();
  const wanted = name.trim();
  return (
    <Dialog open onClose={onClose} title="Rename run">
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted !== "") {
            change.mutate({ kind: "name", runId: run.info.run_id, name: wanted }, { onSuccess: onClose });
          }
        }}
      >
        <TextField
          label="Name of the run"
          autoFocus
          maxLength={250}
          value={name}
          aria-invalid={change.isError}
          onChange={(event) => setName(event.target.value)}
        />
        {change.isError && (
          <p className={styles["error"]} role="alert">
            {change.error.message}
          </p>
        )}
        <div className={styles["buttons"]}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={wanted === "" || change.isPending}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
