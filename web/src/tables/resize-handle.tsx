import { useRef, type PointerEvent } from "react";

import styles from "./data-table.module.css";
import { MAX_WIDTH, MIN_WIDTH, type SizedColumn } from "./use-table-columns";

interface ResizeHandleProps {
  column: SizedColumn;
  /** Told each width on the way; nothing once it shall be as it was. */
  onResize: (resizing: { id: string; width: number } | undefined) => void;
  /** Told the width that stays. */
  onDone: (width: number) => void;
}

const STEP = 16;

const clamp = (width: number) => Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));

/** The edge of a column: drag it, or move it by the arrow keys. */
export function ResizeHandle({ column, onResize, onDone }: ResizeHandleProps) {
  const from = useRef<{ x: number; width: number }>(undefined);

  const widthAt = (event: PointerEvent) => {
    const { x, width } = from.current ?? { x: event.clientX, width: column.width };
    return clamp(width + event.clientX - x);
  };

  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${column.label}`}
      aria-valuenow={Math.round(column.width)}
      aria-valuemin={MIN_WIDTH}
      aria-valuemax={MAX_WIDTH}
      tabIndex={0}
      className={styles["handle"]}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width: column.width };
      }}
      onPointerMove={(event) => {
        if (from.current) onResize({ id: column.id, width: widthAt(event) });
      }}
      onPointerUp={(event) => {
        if (!from.current) return;
        const [width, was] = [widthAt(event), from.current.width];
        from.current = undefined;
        // A click alone says nothing about the width.
        if (width === was) onResize(undefined);
        else onDone(width);
      }}
      onPointerCancel={() => {
        from.current = undefined;
        onResize(undefined);
      }}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") onDone(clamp(column.width - STEP));
        else if (event.key === "ArrowRight") onDone(clamp(column.width + STEP));
      }}
    />
  );
}
