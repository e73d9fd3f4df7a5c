import { createContext, use, useCallback, useMemo, useRef, useState, type ReactNode } from "react";

import { Button } from "./button";
import styles from "./toasts.module.css";

interface Toast {
  text: string;
  /** One thing that can be done about it, as undo. */
  action?: { label: string; run: () => void };
  bad?: boolean;
}

const LASTS_MS = 4_000;
const LASTS_WITH_ACTION_MS = 12_000;

const ToastContext = createContext<(toast: Toast) => void>(() => undefined);

/** Tells something in passing. */
export function useToast(): (toast: Toast) => void {
  return use(ToastContext);
}

/** Holds the messages that stand for a while at the foot of the page. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<(Toast & { id: number })[]>([]);
  const nextId = useRef(0);

  const dismiss = useCallback((id: number) => {
    setShown((former) => former.filter((toast) => toast.id !== id));
  }, []);

  const show = useCallback(
    (toast: Toast) => {
      const id = nextId.current;
      nextId.current += 1;
      setShown((former) => [...former.slice(-2), { ...toast, id }]);
      window.setTimeout(() => dismiss(id), toast.action ? LASTS_WITH_ACTION_MS : LASTS_MS);
    },
    [dismiss],
  );

  const list = useMemo(
    () => (
      <div className={styles["stack"]} role="status" aria-live="polite">
        {shown.map((toast) => (
          <div key={toast.id} className={styles["toast"]} data-bad={toast.bad ?? false}>
            <span className={styles["text"]}>{toast.text}</span>
            {toast.action && (
              <button
                type="button"
                className={styles["action"]}
                onClick={() => {
                  toast.action?.run();
                  dismiss(toast.id);
                }}
              >
                {toast.action.label}
              </button>
            )}
            <Button
              kind="quiet"
              icon="close"
              className={styles["close"]}
              aria-label="Dismiss"
              onClick={() => dismiss(toast.id)}
            />
          </div>
        ))}
      </div>
    ),
    [shown, dismiss],
  );

  return (
    <ToastContext value={show}>
      {children}
      {list}
    </ToastContext>
  );
}
