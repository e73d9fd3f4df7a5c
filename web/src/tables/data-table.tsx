import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import { classNames } from "@/lib/class-names";

import type { Column } from "./columns";
import styles from "./data-table.module.css";
import { TableHead } from "./table-head";
import { TableRow } from "./table-row";
import type { ChangeTableView, TableView } from "./table-view";
import { useCellWindow } from "./use-cell-window";
import { useRowWindow } from "./use-row-window";

const CHECK_WIDTH = 36;

export interface RowSelection {
  size: number;
  has: (id: string) => boolean;
  /** Selects or unselects a row; with `range` all rows from the one touched last. */
  toggle: (id: string, index: number, range: boolean) => void;
  setAll: (ids: readonly string[]) => void;
}

interface DataTableProps<Row> {
  /** What the rows are, as `Runs`. */
  label: string;
  rows: readonly Row[];
  idOf: (row: Row) => string;
  nameOf: (row: Row) => string;
  /** The columns shown; the first stays at the left. */
  columns: readonly Column[];
  /** What a column shows of a row. All rows are drawn anew when another function comes. */
  cell: (row: Row, column: Column) => ReactNode;
  view: TableView;
  onView: ChangeTableView;
  selection: RowSelection;
  /** Called when the end of the rows comes near. */
  onNearEnd: () => void;
  isStale: boolean;
  /** Stands below the last row. */
  foot?: ReactNode;
}

/** A table of any length and width. Only the rows and columns in view are drawn. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, idOf, nameOf, columns, cell, view, onView, selection } = props;
  const { onNearEnd, isStale, foot } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [resizing, setResizing] = useState<{ id: string; width: number }>();
  const widths = resizing ? { ...view.widths, [resizing.id]: resizing.width } : view.widths;
  const { cells, width } = useCellWindow(scroller, columns, { pinned: view.pinned, widths }, CHECK_WIDTH);
  const lines = useRowWindow(scroller, rows.length, onNearEnd);
  // Another order is looked at from its beginning.
  const sorted = JSON.stringify(view.sort);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [sorted]);
  const order = useMemo(() => columns.map((column) => column.id), [columns]);

  return (
    <div
      className={classNames(styles["scroller"], isStale && styles["stale"])}
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={`${label}, scrollable`}
    >
      <div
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        className={styles["grid"]}
        style={{ width, height: lines.height }}
      >
        <TableHead
          cells={cells}
          order={order}
          view={view}
          onView={onView}
          onResize={setResizing}
          selectAll={{
            label: `Select all ${label.toLowerCase()}`,
            areAll: rows.length > 0 && rows.every((row) => selection.has(idOf(row))),
            areSome: selection.size > 0,
            onSelect: (on) => selection.setAll(on ? rows.map(idOf) : []),
          }}
        />
        <div role="rowgroup">
          {lines.items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const id = idOf(row);
            return (
              <TableRow
                key={id}
                row={row}
                id={id}
                name={nameOf(row)}
                index={item.index}
                top={item.start}
                cells={cells}
                cell={cell}
                isSelected={selection.has(id)}
                onToggle={selection.toggle}
              />
            );
          })}
        </div>
      </div>
      {foot}
    </div>
  );
}
