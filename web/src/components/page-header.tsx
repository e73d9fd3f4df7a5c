import type { ReactNode } from "react";

import styles from "./page-header.module.css";

/** The head of a page: what it shows, a quiet line about it, and what can be done with it. */
export function PageHeader({
  title,
  about,
  actions,
}: {
  title: ReactNode;
  about?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className={styles["header"]}>
      <div className={styles["words"]}>
        <h1 className={styles["title"]}>{title}</h1>
        {about !== undefined && <div className={styles["about"]}>{about}</div>}
      </div>
      {actions !== undefined && <div className={styles["actions"]}>{actions}</div>}
    </header>
  );
}
