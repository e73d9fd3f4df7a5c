import { formatNumber } from "@/lib/format";

import styles from "./heat-table.module.css";

interface HeatTableProps {
  label: string;
  rowTitle: string;
  columnTitle: string;
  names: readonly string[];
  /** One list for each row. */
  counts: readonly (readonly number[])[];
}

/** In hundredths of the accent: words can be read on it in both themes. */
const DARKEST = 45;

/** Counts of pairs, each as dark as its share of its row. */
export function HeatTable({ label, rowTitle, columnTitle, names, counts }: HeatTableProps) {
  return (
    <div className={styles["box"]} tabIndex={0} role="region" aria-label={`${label}, scrollable`}>
      <table className={styles["table"]} aria-label={label}>
        <thead>
          <tr>
            <td className={styles["corner"]}>
              {rowTitle} ↓ {columnTitle} →
            </td>
            {names.map((name, at) => (
              <th key={at} scope="col" title={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((row, at) => {
            const total = row.reduce((sum, count) => sum + count, 0) || 1;
            return (
              <tr key={at}>
                <th scope="row" title={names[at]}>
                  {names[at]}
                </th>
                {row.map((count, column) => {
                  const share = count / total;
                  return (
                    <td
                      key={column}
                      style={{
                        background: `color-mix(in srgb, var(--accent) ${Math.round(share * DARKEST)}%, var(--bg))`,
                      }}
                      title={`${formatNumber(count)}, ${Math.round(share * 100)} % of ${names[at] ?? ""}`}
                    >
                      {formatNumber(count)}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
