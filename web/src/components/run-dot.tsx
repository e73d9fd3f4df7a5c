import { runColor } from "@/lib/run-color";

import styles from "./run-dot.module.css";

/** The colour by which a run is known on charts and in tables. */
export function RunDot({ runId, hollow = false }: { runId: string; hollow?: boolean }) {
  return (
    <span
      className={styles["dot"]}
      style={hollow ? { boxShadow: `inset 0 0 0 1.5px ${runColor(runId)}` } : { background: runColor(runId) }}
      aria-hidden="true"
    />
  );
}
