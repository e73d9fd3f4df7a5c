import { copyText } from "@/lib/clipboard";
import { formatNumber, toNumber } from "@/lib/format";

import styles from "./metric-value.module.css";
import { useToast } from "./toasts";

/** A number in four significant digits; all of them on hover, and on the clipboard at a click. */
export function MetricValue({ value, tabIndex }: { value: number | string; tabIndex?: number }) {
  const toast = useToast();
  const number = toNumber(value);
  const exact = String(number);
  const copy = async () => {
    const done = await copyText(exact);
    toast({ text: done ? `Copied ${exact}` : "The browser does not let this page use the clipboard" });
  };
  return (
    <button
      type="button"
      tabIndex={tabIndex}
      className={styles["value"]}
      title={`${exact}\nClick to copy`}
      onClick={(event) => {
        event.stopPropagation();
        void copy();
      }}
    >
      {formatNumber(number)}
    </button>
  );
}
