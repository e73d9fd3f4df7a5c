import { MetricValue } from "@/components/metric-value";
import styles from "@/components/tables.module.css";
import { formatNumber } from "@/lib/format";

import type { Evaluation, Measure } from "../evaluation";

interface MeasuresTableProps {
  measures: readonly Measure[];
  intervals: Evaluation["intervals"];
}

/** The metrics with their intervals. */
export function MeasuresTable({ measures, intervals }: MeasuresTableProps) {
  return (
    <section className={styles["section"]} aria-label="Metrics">
      <h2 className={styles["title"]}>Metrics</h2>
      <table className={styles["table"]}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" className={styles["number"]}>
              Value
            </th>
            <th scope="col" className={styles["number"]} title={intervals && aboutOf(intervals)}>
              {intervals ? `${Math.round(intervals.level * 100)} % interval` : ""}
            </th>
          </tr>
        </thead>
        <tbody>
          {measures.map(({ name, value, low, high }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className={styles["number"]}>
                {Number.isNaN(value) ? "not defined" : <MetricValue value={value} />}
              </td>
              <td className={styles["number"]}>
                {low !== undefined && high !== undefined && (
                  <span className={styles["quiet"]}>
                    {formatNumber(low)} to {formatNumber(high)}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function aboutOf({ resamples, block }: NonNullable<Evaluation["intervals"]>): string {
  const together = block > 1 ? `, in blocks of ${block}` : "";
  return `The examples were drawn anew ${resamples.toLocaleString("en-US")} times${together}.`;
}
