import { Fragment } from "react";

import { MetricValue } from "@/components/metric-value";
import styles from "@/components/tables.module.css";
import { formatNumber } from "@/lib/format";

import type { Measure } from "../evaluation";

export interface SliceRow {
  group: string;
  name: string;
  examples: number | undefined;
  metrics: readonly Measure[];
}

interface SlicesTableProps {
  title: string;
  rows: readonly SliceRow[];
  /** The metrics of all examples, for the first row; none where it is left out. */
  whole: readonly Measure[];
}

/** Metrics of parts of the examples, a row each. */
export function SlicesTable({ title, rows, whole }: SlicesTableProps) {
  const columns = [...new Set(rows.flatMap((row) => row.metrics.map((measure) => measure.name)))];
  const groups = [...new Set(rows.map((row) => row.group))];
  const hasCounts = rows.some((row) => row.examples !== undefined);
  return (
    <section className={styles["section"]} aria-label={title}>
      <h2 className={styles["title"]}>{title}</h2>
      <div className={styles["box"]} tabIndex={0} role="region" aria-label={`${title}, scrollable`}>
        <table className={styles["table"]}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              {hasCounts && (
                <th scope="col" className={styles["number"]}>
                  examples
                </th>
              )}
              {columns.map((name) => (
                <th key={name} scope="col" className={styles["number"]}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {whole.length > 0 && (
              <tr>
                <th scope="row">all examples</th>
                {hasCounts && <td className={styles["number"]}>{countOf(whole)}</td>}
                <Cells columns={columns} metrics={whole} />
              </tr>
            )}
            {groups.map((group) => (
              <Fragment key={group}>
                {rows
                  .filter((row) => row.group === group)
                  .map((row) => (
                    <tr key={row.name}>
                      <th scope="row">{row.name}</th>
                      {hasCounts && (
                        <td className={styles["number"]}>{row.examples?.toLocaleString("en-US")}</td>
                      )}
                      <Cells columns={columns} metrics={row.metrics} />
                    </tr>
                  ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Cells({ columns, metrics }: { columns: readonly string[]; metrics: readonly Measure[] }) {
  return columns.map((name) => {
    const measure = metrics.find((each) => each.name === name);
    return (
      <td key={name} className={styles["number"]} title={measure && intervalOf(measure)}>
        {measure && !Number.isNaN(measure.value) && <MetricValue value={measure.value} />}
      </td>
    );
  });
}

const countOf = (whole: readonly Measure[]) =>
  whole.find((measure) => measure.name === "example_count")?.value.toLocaleString("en-US");

function intervalOf({ low, high }: Measure): string | undefined {
  if (low === undefined || high === undefined) return undefined;
  return `${formatNumber(low)} to ${formatNumber(high)}`;
}
