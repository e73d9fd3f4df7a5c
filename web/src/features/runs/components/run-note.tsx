import { lazy, Suspense, useState } from "react";

import { Button } from "@/components/button";
import { Skeleton } from "@/components/skeleton";
import type { Run } from "@/types/wire";

import { useChangeRun } from "../api/change-run";
import { dataOf } from "../columns";
import styles from "./run-note.module.css";

const NOTE_TAG = "mlflow.note.content";

const MarkdownText = lazy(async () => ({
  default: (await import("@/components/markdown-text")).MarkdownText,
}));

/** What someone wrote about a run, in Markdown. */
export function RunNote({ run }: { run: Run }) {
  const note = dataOf(run).tags.get(NOTE_TAG) ?? "";
  const [draft, setDraft] = useState<string>();
  const change = useChangeRun();

  if (draft === undefined) {
    return note === "" ? (
      <div className={styles["none"]}>
        <Button kind="quiet" icon="edit" onClick={() => setDraft("")}>
          Add a note
        </Button>
      </div>
    ) : (
      <section className={styles["note"]} aria-label="Note">
        <Suspense fallback={<Skeleton width="60%" />}>
          <MarkdownText text={note} />
        </Suspense>
        <Button
          kind="quiet"
          icon="edit"
          className={styles["edit"]}
          aria-label="Edit the note"
          onClick={() => setDraft(note)}
        />
      </section>
    );
  }
  const save = () =>
    change.mutate(
      { kind: "set-tag", runId: run.info.run_id, key: NOTE_TAG, value: draft },
      { onSuccess: () => setDraft(undefined) },
    );
  return (
    <section className={styles["form"]} aria-label="Note">
      <textarea
        className={styles["text"]}
        aria-label="Note, in Markdown"
        placeholder="What was tried, and what came of it. Markdown works."
        rows={6}
        maxLength={8000}
        autoFocus
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
      />
      {change.isError && (
        <p className={styles["error"]} role="alert">
          {change.error.message}
        </p>
      )}
      <div className={styles["buttons"]}>
        <Button kind="primary" disabled={change.isPending} onClick={save}>
          Save
        </Button>
        <Button onClick={() => setDraft(undefined)}>Cancel</Button>
      </div>
    </section>
  );
}
