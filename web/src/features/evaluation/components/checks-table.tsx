import styles from "@/components/tables.module.css";
import { formatNumber } from "@/lib/format";

import type { Evaluation } from "../evaluation";

/** What was demanded of the metrics, and whether it holds. */
export function ChecksTable({ checks }: { checks: Evaluation["checks"] }) {
  return (
    <section className={styles["section"]} aria-label="Thresholds">
      <h2 className={styles["title"]}>Thresholds</h2>
      <table className={styles["table"]}>
        <tbody>
          {checks.map(({ wanted, value, passed }) => (
            <tr key={wanted}>
              <th scope="row">{wanted}</th>
              <td className={styles["number"]}>{formatNumber(value)}</td>
              <td className={styles[passed ? "good" : "bad"]}>{passed ? "✓ met" : "✗ not met"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
