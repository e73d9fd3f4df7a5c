import { copyText } from "@/lib/clipboard";

import { Button } from "./button";
import styles from "./code-block.module.css";
import { useToast } from "./toasts";

/** Code to take along. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  const toast = useToast();
  const copy = async () => {
    const done = await copyText(code);
    toast({ text: done ? "Copied" : "The browser does not let this page use the clipboard" });
  };
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
        onClick={() => void copy()}
      />
    </div>
  );
}
