import type { ComponentProps } from "react";

import styles from "./tabs.module.css";

/** Id of the element that shows the chosen part. */
const PART_ID = "part";

interface TabsProps<T extends string> {
  label: string;
  value: T;
  tabs: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** The parts of a page, of which one is shown below. */
export function Tabs<T extends string>({ label, value, tabs, onChange }: TabsProps<T>) {
  const move = (by: number) => {
    const at = tabs.findIndex((tab) => tab.value === value);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next) onChange(next.value);
  };
  return (
    <div className={styles["tabs"]} role="tablist" aria-label={label}>
      {tabs.map((tab) => (
        <button
          key={tab.value}
          type="button"
          role="tab"
          className={styles["tab"]}
          id={`tab-${tab.value}`}
          aria-selected={tab.value === value}
          aria-controls={tab.value === value ? PART_ID : undefined}
          tabIndex={tab.value === value ? 0 : -1}
          ref={(element) => {
            const group = element?.parentElement;
            if (tab.value === value && group?.contains(document.activeElement)) element?.focus();
          }}
          onClick={() => onChange(tab.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowRight") move(1);
            else if (event.key === "ArrowLeft") move(-1);
          }}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
}

/** The part that is chosen. */
export function TabPart({ value, children, ...rest }: ComponentProps<"div"> & { value: string }) {
  return (
    <div {...rest} id={PART_ID} role="tabpanel" aria-labelledby={`tab-${value}`} data-tab={value}>
      {children}
    </div>
  );
}
