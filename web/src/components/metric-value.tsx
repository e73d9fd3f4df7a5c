import { formatNumber, toNumber } from "@/lib/format";

import styles from "./metric-value.module.css";
import { useCopy } from "./use-copy";

/** A number in four significant digits; all of them on hover, and on the clipboard at a click. */
export function MetricValue({ value, tabIndex }: { value: number | string; tabIndex?: number }) {
  const copy = useCopy();
  const number = toNumber(value);
  const exact = String(number);
  return (
    <button
      type="button"
      tabIndex={tabIndex}
      className={styles["value"]}
      title={`${exact}\nClick to copy`}
      onClick={(event) => {
        event.stopPropagation();
        copy(exact, `Copied ${exact}`);
      }}
    >
      {formatNumber(number)}
    </button>
  );
}
