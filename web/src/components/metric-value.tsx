import { copyText } from "@/lib/clipboard";
import { formatNumber, toNumber } from "@/lib/format";

import styles from "./metric-value.module.css";
import { useToast } from "./toasts";

/** A number in four significant digits; all of them on hover, and on the clipboard at a click. */
export function MetricValue({ value }: { value: number | string }) {
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
