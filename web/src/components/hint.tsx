import type { ReactNode } from "react";

import styles from "./hint.module.css";

/** Says what would stand here, and what to do so that it does. */
export function Hint({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles["hint"]}>
      <p className={styles["title"]}>{title}</p>
      {children !== undefined && <p className={styles["text"]}>{children}</p>}
    </div>
  );
}
