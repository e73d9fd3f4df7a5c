import type { ReactNode } from "react";

import { Button } from "@/components/button";
import { formatCount } from "@/lib/format";

import styles from "./selection-bar.module.css";

interface SelectionBarProps {
  /** What is selected, as `run`. */
  noun: string;
  count: number;
  onClear: () => void;
  /** What can be done with it. */
  children: ReactNode;
}

/** Stands above the foot of a table while something in it is selected. */
export function SelectionBar({ noun, count, onClear, children }: SelectionBarProps) {
  if (count === 0) return null;
  return (
    <div className={styles["bar"]} role="toolbar" aria-label={`Selected ${noun}s`}>
      <span className={styles["count"]}>{formatCount(count, noun)} selected</span>
      {children}
      <Button kind="quiet" icon="close" aria-label="Select none" onClick={onClear} />
    </div>
  );
}

const MOST_COMPARED = 200;

/** Leads to the page that compares what is selected. */
export function CompareButton({ count, onCompare }: { count: number; onCompare: () => void }) {
  const canCompare = count >= 2 && count <= MOST_COMPARED;
  return (
    <Button
      icon="compare"
      disabled={!canCompare}
      title={canCompare ? undefined : `Select 2 to ${MOST_COMPARED} to compare them`}
      onClick={onCompare}
    >
      Compare
    </Button>
  );
}
