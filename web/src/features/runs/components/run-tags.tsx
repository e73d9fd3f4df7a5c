import { useState } from "react";

import { Button } from "@/components/button";
import { TextField } from "@/components/text-field";
import { useToast } from "@/components/toasts";
import type { Tag } from "@/types/wire";
import { CopyText } from "@/components/copy-text";

import { useChangeRun, type RunChange } from "../api/change-run";
import styles from "./run-tags.module.css";

/** The tags of a run, to add to and to take from. */
export function RunTags({ runId, tags }: { runId: string; tags: readonly Tag[] }) {
  const [isAdding, setAdding] = useState(false);
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  const { mutateAsync, isPending } = useChangeRun();
  const toast = useToast();

  const send = async (change: RunChange, after?: () => void) => {
    try {
      await mutateAsync(change);
      after?.();
    } catch (error) {
      toast({ text: error instanceof Error ? error.message : String(error), bad: true });
    }
  };
  const set = (tag: Tag, after?: () => void) =>
    void send({ kind: "set-tag", runId, key: tag.key, value: tag.value ?? "" }, after);
  const remove = (tag: Tag) =>
    void send({ kind: "delete-tag", runId, key: tag.key }, () =>
      toast({ text: `Tag “${tag.key}” removed`, action: { label: "Undo", run: () => set(tag) } }),
    );

  return (
    <section aria-label="Tags">
      <div className={styles["head"]}>
        <h2>Tags</h2>
        <Button
          kind="quiet"
          icon={isAdding ? "close" : "plus"}
          aria-label={isAdding ? "Cancel" : "Add a tag"}
          onClick={() => setAdding(!isAdding)}
        />
      </div>
      {isAdding && (
        <form
          className={styles["form"]}
          onSubmit={(event) => {
            event.preventDefault();
            if (key.trim() === "") return;
            set({ key: key.trim(), value }, () => {
              setAdding(false);
              setKey("");
              setValue("");
            });
          }}
        >
          <TextField
            label="Name of the tag"
            placeholder="name"
            autoFocus
            maxLength={250}
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
          <TextField
            label="Value of the tag"
            placeholder="value"
            maxLength={8000}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
          <Button kind="primary" type="submit" disabled={key.trim() === "" || isPending}>
            Add
          </Button>
        </form>
      )}
      {tags.length === 0 && !isAdding && <p className={styles["nothing"]}>No tags.</p>}
      <ul>
        {tags.map((tag) => (
          <li key={tag.key} className={styles["tag"]}>
            <span className={styles["key"]} title={tag.key}>
              {tag.key}
            </span>
            <CopyText text={tag.value ?? ""} />
            <Button
              kind="quiet"
              icon="close"
              className={styles["remove"]}
              aria-label={`Remove the tag ${tag.key}`}
              onClick={() => remove(tag)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
