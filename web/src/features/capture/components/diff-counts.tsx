import styles from "./diff-counts.module.css";

/** How many lines were added and removed. */
export function DiffCounts({ added, removed }: { added: number; removed: number }) {
  return (
    <span className={styles["counts"]}>
      <span className={styles["added"]}>
        +{added}
        <span className="visually-hidden"> lines added</span>
      </span>
      <span className={styles["removed"]}>
        −{removed}
        <span className="visually-hidden"> removed</span>
      </span>
    </span>
  );
}
