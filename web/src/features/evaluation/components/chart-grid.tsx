import type { ReactNode } from "react";

import styles from "./chart-grid.module.css";

/** Charts beside each other, as many as there is room for. */
export function ChartGrid({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className={styles["grid"]} aria-label={label}>
      {children}
    </section>
  );
}

interface ChartCardProps {
  title: string;
  /** The lines by name, where there are several. */
  legend?: readonly { label: string; color: string }[];
  children: ReactNode;
}

/** One chart with its title and the names of its lines. */
export function ChartCard({ title, legend = [], children }: ChartCardProps) {
  return (
    <figure className={styles["card"]}>
      <figcaption className={styles["title"]}>{title}</figcaption>
      {children}
      {legend.length > 0 && (
        <ul className={styles["legend"]} aria-label="Legend">
          {legend.map(({ label, color }) => (
            <li key={label}>
              <span className={styles["dot"]} style={{ background: `var(${color})` }} />
              {label}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}
