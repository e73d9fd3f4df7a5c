import { Button } from "./button";
import styles from "./code-block.module.css";
import { useCopy } from "./use-copy";

/** Code to take along. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  const copy = useCopy();
  return (
    <div className={styles["block"]}>
      <pre className={styles["code"]} tabIndex={0} aria-label={label}>
        {code}
      </pre>
      <Button
        kind="quiet"
        icon="copy"
        className={styles["copy"]}
        aria-label={`Copy: ${label}`}
        onClick={() => copy(code)}
      />
    </div>
  );
}
