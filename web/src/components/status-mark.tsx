import type { RunStatus } from "@/types/wire";

import styles from "./status-mark.module.css";

const SHAPES: Record<RunStatus, { word: string; path: string }> = {
  RUNNING: { word: "Running", path: "M6 1.5a4.5 4.5 0 1 1-4.5 4.5" },
  SCHEDULED: { word: "Scheduled", path: "M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM6 3.8V6l1.6 1" },
  FINISHED: { word: "Finished", path: "M2 6.4 4.8 9.2 10 3" },
  FAILED: { word: "Failed", path: "M2.8 2.8l6.4 6.4M9.2 2.8l-6.4 6.4" },
  KILLED: { word: "Killed", path: "M2.5 2.5h7v7h-7z" },
};

/** The state of a run: a shape and a colour, with its word beside it or in the title. */
export function StatusMark({ status, words = false }: { status: RunStatus; words?: boolean }) {
  const { word, path } = SHAPES[status];
  return (
    <span className={styles["status"]} data-status={status} title={words ? undefined : word}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" className={styles["shape"]}>
        <path d={path} fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" />
      </svg>
      {words ? word : <span className="visually-hidden">{word}</span>}
    </span>
  );
}
