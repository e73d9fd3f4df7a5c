import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, type RefObject } from "react";

import type { Column } from "./columns";
import type { CellWindow } from "./table-row";
import type { TableView } from "./table-view";
import { useTableColumns } from "./use-table-columns";

/** The columns in view, those at the left among them, and the width of all. The first begins at `start` pixels. */
export function useCellWindow(
  scroller: RefObject<HTMLElement | null>,
  shown: readonly Column[],
  view: Pick<TableView, "pinned" | "widths">,
  start: number,
): { cells: CellWindow; width: number } {
  const { left, center } = useTableColumns(shown, view, start);
  const leftWidth = left.reduce((sum, column) => sum + column.width, start);
  const columns = useVirtualizer({
    horizontal: true,
    count: center.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => center[at]?.width ?? 0,
    getItemKey: (at) => center[at]?.id ?? at,
    paddingStart: leftWidth,
    overscan: 3,
  });
  const layout = [...left, ...center].map((column) => `${column.id}:${column.width}`).join(" ");
  useEffect(() => columns.measure(), [columns, layout]);

  const window = columns.getVirtualItems();
  const first = window[0];
  const last = window.at(-1);
  const windowKey = `${first?.index ?? 0}-${last?.index ?? -1} ${layout}`;
  const cells = useMemo(
    () => ({
      left,
      before: (first?.start ?? leftWidth) - leftWidth,
      center: center.slice(first?.index ?? 0, (last?.index ?? -1) + 1),
    }),
    // The lists are new at every draw; the key tells whether anything in them changed.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [windowKey],
  );
  return { cells, width: columns.getTotalSize() };
}
