import { Button } from "@/components/button";
import { Icon } from "@/components/icon";
import type { Experiment } from "@/types/wire";

import { useTrashExperiment } from "../hooks/use-trash-experiment";
import styles from "./trashed-notice.module.css";

/** Says of an experiment that it is in the trash, and offers the way out. */
export function TrashedNotice({ experiment }: { experiment: Experiment }) {
  const trash = useTrashExperiment();
  return (
    <div className={styles["notice"]} role="status">
      <Icon name="trash" />
      <p className={styles["words"]}>This experiment is in the trash: nothing can be logged to it.</p>
      <Button icon="undo" onClick={() => void trash(experiment, "restore", false)}>
        Restore
      </Button>
    </div>
  );
}
