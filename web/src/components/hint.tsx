import type { ReactNode } from "react";

import { CodeBlock } from "./code-block";
import styles from "./hint.module.css";

interface HintProps {
  title: string;
  children?: ReactNode;
  /** What to type for it. */
  code?: string;
  /** Title of the page of the documentation that tells the rest. */
  page?: string;
}

/** Says what would stand here, and what to do so that it does. */
export function Hint({ title, children, code, page }: HintProps) {
  return (
    <div className={styles["hint"]}>
      <p className={styles["title"]}>{title}</p>
      {children !== undefined && <p className={styles["text"]}>{children}</p>}
      {code !== undefined && <CodeBlock code={code} label="What to type" />}
      {page !== undefined && (
        <p className={styles["text"]}>The documentation tells more on its page “{page}”.</p>
      )}
    </div>
  );
}
