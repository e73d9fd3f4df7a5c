import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, type RefObject } from "react";

const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 44;
const ROWS_BEYOND = 24;
/** While someone scrolls, more rows are asked for when fewer than so many are left below. */
const ROWS_AHEAD = 400;

/** The rows in view, and some around them. */
export function useRowWindow(scroller: RefObject<HTMLElement | null>, count: number, onNearEnd: () => void) {
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    paddingStart: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
    overscan: ROWS_BEYOND,
  });
  const items = rows.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  // Who does not scroll needs no more than the first page; who does shall not wait for the next.
  const ahead = (rows.scrollOffset ?? 0) > 0 ? ROWS_AHEAD : ROWS_BEYOND;
  useEffect(() => {
    if (count - lastShown < ahead) onNearEnd();
  }, [count, lastShown, ahead, onNearEnd]);
  return { items, height: rows.getTotalSize() };
}
