import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import { classNames } from "@/lib/class-names";

import { CHECK_WIDTH, useTableColumns } from "../hooks/use-table-columns";
import type { Selection } from "../hooks/use-selection";
import type { ChangeView, TableView } from "../table-view";
import type { RunNode } from "../tree";
import styles from "./runs-table.module.css";
import { RunsTableHead } from "./runs-table-head";
import { RunsTableRow } from "./runs-table-row";

const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 44;
const ROWS_BEYOND = 24;
/** While someone scrolls, more rows are asked for when fewer than so many are left below. */
const ROWS_AHEAD = 400;

interface RunsTableProps {
  nodes: readonly RunNode[];
  /** Ids of the columns, the name first. */
  shown: readonly string[];
  view: TableView;
  onView: ChangeView;
  selection: Selection;
  folded: ReadonlySet<string>;
  onFold: (runId: string) => void;
  /** Called when the end of the rows comes near. */
  onNearEnd: () => void;
  isStale: boolean;
  /** Stands below the last row. */
  foot?: ReactNode;
}

/** The runs, one a row. Only the rows and columns in view are drawn. */
export function RunsTable(props: RunsTableProps) {
  const { nodes, shown, view, onView, selection, folded, onFold, onNearEnd, isStale, foot } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [resizing, setResizing] = useState<{ id: string; width: number }>();
  const widths = resizing ? { ...view.widths, [resizing.id]: resizing.width } : view.widths;
  const { left, center } = useTableColumns(shown, view.pinned, widths);
  const leftWidth = left.reduce((sum, column) => sum + column.width, CHECK_WIDTH);

  const rows = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    paddingStart: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
    overscan: ROWS_BEYOND,
  });
  const columns = useVirtualizer({
    horizontal: true,
    count: center.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => center[at]?.width ?? 0,
    getItemKey: (at) => center[at]?.id ?? at,
    paddingStart: leftWidth,
    overscan: 3,
  });
  const layout = center.map((column) => `${column.id}:${column.width}`).join(" ") + String(leftWidth);
  useEffect(() => columns.measure(), [columns, layout]);

  const items = rows.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  // Who does not scroll needs no more than the first page; who does shall not wait for the next.
  const ahead = (rows.scrollOffset ?? 0) > 0 ? ROWS_AHEAD : ROWS_BEYOND;
  useEffect(() => {
    if (nodes.length - lastShown < ahead) onNearEnd();
  }, [nodes.length, lastShown, ahead, onNearEnd]);

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
  const width = columns.getTotalSize();

  return (
    <div
      className={classNames(styles["scroller"], isStale && styles["stale"])}
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label="Runs, scrollable"
    >
      <div
        role="grid"
        aria-label="Runs"
        aria-rowcount={nodes.length + 1}
        aria-colcount={shown.length + 1}
        aria-multiselectable="true"
        className={styles["grid"]}
        style={{ width, height: rows.getTotalSize() }}
      >
        <RunsTableHead
          cells={cells}
          order={shown}
          view={view}
          onView={onView}
          onResize={setResizing}
          allSelected={nodes.length > 0 && nodes.every(({ run }) => selection.has(run.info.run_id))}
          someSelected={selection.size > 0}
          onSelectAll={(on) => selection.setAll(on ? nodes.map(({ run }) => run.info.run_id) : [])}
        />
        <div role="rowgroup">
          {items.map((item) => {
            const node = nodes[item.index];
            if (!node) return null;
            const runId = node.run.info.run_id;
            return (
              <RunsTableRow
                key={runId}
                node={node}
                index={item.index}
                top={item.start}
                cells={cells}
                isTree={view.tree}
                isFolded={folded.has(runId)}
                isSelected={selection.has(runId)}
                onToggle={selection.toggle}
                onFold={onFold}
              />
            );
          })}
        </div>
      </div>
      {foot}
    </div>
  );
}
