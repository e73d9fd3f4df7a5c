import styles from "./model-status.module.css";

const WORDS: Record<string, string> = {
  LOGGED_MODEL_READY: "Ready",
  LOGGED_MODEL_PENDING: "Pending",
  LOGGED_MODEL_UPLOAD_FAILED: "Upload failed",
};

/** How far a model has come. */
export function ModelStatus({ status }: { status: string }) {
  return (
    <span className={styles["status"]} data-status={status}>
      {WORDS[status] ?? "Unknown"}
    </span>
  );
}
