import { formatNumber } from "@/lib/format";

import styles from "./bar-list.module.css";

export interface Bar {
  id: string;
  label: string;
  /** Name of the CSS variable that holds the colour. */
  color: string;
  value: number;
}

/** One value each, as bars from zero, the largest on top. */
export function BarList({ bars, label }: { bars: readonly Bar[]; label: string }) {
  const finite = bars.map((bar) => bar.value).filter(Number.isFinite);
  const low = Math.min(0, ...finite);
  const high = Math.max(0, ...finite);
  const span = high - low || 1;
  const sorted = [...bars].sort((a, b) => compare(a.value, b.value));
  return (
    <ul className={styles["list"]} aria-label={label} tabIndex={0}>
      {sorted.map((bar) => (
        <li key={bar.id} className={styles["row"]}>
          <span className={styles["label"]} title={bar.label}>
            {bar.label}
          </span>
          <span className={styles["track"]}>
            {Number.isFinite(bar.value) && (
              <span
                className={styles["bar"]}
                style={{
                  background: `var(${bar.color})`,
                  left: `${((Math.min(0, bar.value) - low) / span) * 100}%`,
                  width: `${(Math.abs(bar.value) / span) * 100}%`,
                }}
              />
            )}
          </span>
          <span className={styles["value"]} title={String(bar.value)}>
            {formatNumber(bar.value)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function compare(a: number, b: number): number {
  if (Number.isNaN(a)) return 1;
  if (Number.isNaN(b)) return -1;
  return b - a;
}
