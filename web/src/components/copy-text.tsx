import { useCopy } from "./use-copy";
import styles from "./copy-text.module.css";

interface CopyTextProps {
  text: string;
  mono?: boolean;
  tabIndex?: number;
}

/** Text that goes to the clipboard at a click; cut short where it is long, whole on hover. */
export function CopyText({ text, mono = false, tabIndex }: CopyTextProps) {
  const copy = useCopy();
  return (
    <button
      type="button"
      tabIndex={tabIndex}
      className={styles["text"]}
      data-mono={mono}
      title={`${text}\nClick to copy`}
      onClick={() => copy(text)}
    >
      {text === "" ? <i>empty</i> : text}
    </button>
  );
}
