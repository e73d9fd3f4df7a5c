import { formatNumber } from "@/lib/format";

import styles from "./interval-list.module.css";
import { extent } from "./ticks";

export interface Interval {
  id: string;
  label: string;
  /** Name of the CSS variable that holds the colour. */
  color: string;
  value: number;
  low?: number | undefined;
  high?: number | undefined;
  /** What stands at the right instead of the value. */
  text?: string | undefined;
  /** What the bar is made of, from zero on, if not of one piece. */
  parts?: readonly { color: string; value: number }[] | undefined;
}

/** One value each with its interval, on a common axis on which zero is marked; in the order given. */
export function IntervalList({
  intervals,
  label,
  bars = false,
}: {
  intervals: readonly Interval[];
  label: string;
  /** Draws a bar from zero as well. */
  bars?: boolean;
}) {
  const [low, high] = extent(
    [0],
    intervals.flatMap((each) => [each.value, each.low ?? each.value, each.high ?? each.value]),
  );
  const at = (value: number) => ((value - low) / (high - low)) * 100;
  return (
    <ul className={styles["list"]} aria-label={label}>
      {intervals.map((each) => (
        <li key={each.id} className={styles["row"]} title={titleOf(each)}>
          <span className={styles["label"]}>{each.label}</span>
          <span className={styles["track"]}>
            <span className={styles["zero"]} style={{ left: `${at(0)}%` }} />
            {bars &&
              piecesOf(each).map(({ from, to, color }) => (
                <Stretch
                  key={color}
                  kind="bar"
                  from={at(Math.min(from, to))}
                  to={at(Math.max(from, to))}
                  color={color}
                />
              ))}
            {each.low !== undefined && each.high !== undefined && (
              <Stretch
                kind="interval"
                from={at(each.low)}
                to={at(each.high)}
                color={bars ? "--text-quiet" : each.color}
              />
            )}
            {!bars && Number.isFinite(each.value) && (
              <span
                className={styles["dot"]}
                style={{ left: `${at(each.value)}%`, background: `var(${each.color})` }}
              />
            )}
          </span>
          <span className={styles["value"]}>{each.text ?? formatNumber(each.value)}</span>
        </li>
      ))}
    </ul>
  );
}

function piecesOf({ color, value, parts = [{ color, value }] }: Interval) {
  let to = 0;
  return parts.map((part) => ({ color: part.color, from: to, to: (to += part.value) }));
}

function Stretch({
  kind,
  from,
  to,
  color,
}: {
  kind: "bar" | "interval";
  from: number;
  to: number;
  color: string;
}) {
  return (
    <span
      className={styles[kind]}
      style={{ left: `${from}%`, width: `${to - from}%`, background: `var(${color})` }}
    />
  );
}

function titleOf({ label, value, low, high }: Interval): string {
  const ends =
    low === undefined || high === undefined ? "" : ` (${formatNumber(low)} to ${formatNumber(high)})`;
  return `${label}: ${formatNumber(value)}${ends}`;
}
