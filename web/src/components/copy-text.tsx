import { copyText } from "@/lib/clipboard";

import { useToast } from "./toasts";
import styles from "./copy-text.module.css";

interface CopyTextProps {
  text: string;
  mono?: boolean;
  tabIndex?: number;
}

/** Text that goes to the clipboard at a click; cut short where it is long, whole on hover. */
export function CopyText({ text, mono = false, tabIndex }: CopyTextProps) {
  const toast = useToast();
  const copy = async () => {
    const done = await copyText(text);
    toast({ text: done ? "Copied" : "The browser does not let this page use the clipboard" });
  };
  return (
    <button
      type="button"
      tabIndex={tabIndex}
      className={styles["text"]}
      data-mono={mono}
      title={`${text}\nClick to copy`}
      onClick={() => void copy()}
    >
      {text === "" ? <i>empty</i> : text}
    </button>
  );
}
