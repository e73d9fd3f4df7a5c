import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useToast } from "@/components/toasts";
import { formatCount } from "@/lib/format";

import { useDeleteModels } from "../api/delete-models";
import { versionsQuery } from "../api/models";
import { versionText } from "../version-text";
import styles from "./delete-models.module.css";

interface DeleteModelsProps {
  modelIds: readonly string[];
  onClose: () => void;
  /** Told once they are gone. */
  onDone: () => void;
}

/** Asks before logged models are deleted: there is no way back. */
export function DeleteModels({ modelIds, onClose, onDone }: DeleteModelsProps) {
  const versions = useQuery(versionsQuery(modelIds)).data ?? [];
  const remove = useDeleteModels();
  const toast = useToast();
  const submit = async () => {
    const { done, failure } = await remove.mutateAsync(modelIds);
    if (failure) toast({ text: failure.message, bad: true });
    if (done.length > 0) toast({ text: `${formatCount(done.length, "model")} deleted` });
    if (failure) onClose();
    else onDone();
  };
  return (
    <Dialog open onClose={onClose} title={`Delete ${formatCount(modelIds.length, "model")}?`}>
      <div className={styles["words"]}>
        <p>This cannot be undone. The runs that logged or measured them stay.</p>
        {versions.length > 0 && (
          <p>
            Made of them, and kept with the files: <strong>{versions.map(versionText).join(", ")}</strong>.
          </p>
        )}
      </div>
      <div className={styles["buttons"]}>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" icon="trash" disabled={remove.isPending} onClick={() => void submit()}>
          Delete
        </Button>
      </div>
    </Dialog>
  );
}
