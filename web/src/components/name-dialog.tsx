import { useState } from "react";

import { Button } from "./button";
import { Dialog } from "./dialog";
import styles from "./name-dialog.module.css";
import { TextField } from "./text-field";

interface NameDialogProps {
  title: string;
  /** Name of the field. */
  label: string;
  /** Word for doing it, as `Rename`. */
  action: string;
  name: string;
  placeholder?: string;
  maxLength: number;
  /** The sending of the name: whether it is under way, and why it failed. */
  change: { isPending: boolean; error: Error | null; reset: () => void };
  onClose: () => void;
  onName: (name: string) => void;
}

/** Asks for a name, new or old. */
export function NameDialog(props: NameDialogProps) {
  const { title, label, action, placeholder, maxLength, change, onClose, onName } = props;
  const [name, setName] = useState(props.name);
  const wanted = name.trim();
  return (
    <Dialog open onClose={onClose} title={title}>
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted !== "") onName(wanted);
        }}
      >
        <TextField
          label={label}
          placeholder={placeholder}
          autoFocus
          maxLength={maxLength}
          value={name}
          aria-invalid={change.error !== null}
          onChange={(event) => {
            setName(event.target.value);
            change.reset();
          }}
        />
        {change.error && (
          <p className={styles["error"]} role="alert">
            {change.error.message}
          </p>
        )}
        <div className={styles["buttons"]}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={wanted === "" || change.isPending}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
