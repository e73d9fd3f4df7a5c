import { useEffect, useId, useRef, type ReactNode } from "react";

import { classNames } from "@/lib/class-names";

import styles from "./dialog.module.css";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Hides the title from the eye; readers of the screen still hear it. */
  bare?: boolean;
  wide?: boolean;
}

/** The browser's own modal dialog: it holds the focus, closes on Escape, and needs no style elements. */
export function Dialog({ open, onClose, title, children, bare, wide }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    if (!open || !dialog) return undefined;
    const opener = document.activeElement;
    if (!dialog.open) dialog.showModal();
    return () => {
      // The browser gives the focus back when it closes a dialog, not when an open one is taken from the page.
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, [open]);

  if (!open) return null;
  return (
    <dialog
      ref={ref}
      className={classNames(styles["dialog"], bare && styles["bare"], wide && styles["wide"])}
      aria-labelledby={titleId}
      onClose={onClose}
      onMouseDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className={styles["body"]}>
        <h2 id={titleId} className={bare ? "visually-hidden" : styles["title"]}>
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  );
}
