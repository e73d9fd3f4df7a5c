import styles from "./numbered-text.module.css";

/** Text with the numbers of its lines. */
export function NumberedText({ text, label = "Text" }: { text: string; label?: string }) {
  const count = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  const numbers = Array.from({ length: Math.max(count, 1) }, (_, at) => at + 1).join("\n");
  return (
    <div className={styles["box"]} tabIndex={0} role="region" aria-label={label}>
      <pre className={styles["numbers"]} aria-hidden="true">
        {numbers}
      </pre>
      <pre className={styles["text"]}>{text}</pre>
    </div>
  );
}
