import { useEffect, useRef } from "react";

import type { ChangeView, TableView } from "../table-view";
import { ColumnHead } from "./column-head";
import styles from "./runs-table.module.css";
import type { CellWindow } from "./runs-table-row";

interface RunsTableHeadProps {
  cells: CellWindow;
  /** Ids of all columns shown, in order. */
  order: readonly string[];
  view: TableView;
  onView: ChangeView;
  onResize: (resizing: { id: string; width: number } | undefined) => void;
  allSelected: boolean;
  someSelected: boolean;
  onSelectAll: (on: boolean) => void;
}

/** The heads of the columns: sort by a click, more by the menu, width by the edge. */
export function RunsTableHead(props: RunsTableHeadProps) {
  const { cells, order, view, onView, onResize, allSelected, someSelected, onSelectAll } = props;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = someSelected && !allSelected;
  }, [someSelected, allSelected]);

  const sortBy = (id: string, also: boolean) => {
    const current = view.sort.find((key) => key.column === id);
    const others = also ? view.sort.filter((key) => key.column !== id) : [];
    // First downward, where the newest and the largest are; then upward; then as it was.
    if (!current) onView({ sort: [...others, { column: id, descending: true }] });
    else if (current.descending) onView({ sort: [...others, { column: id, descending: false }] });
    else onView({ sort: others });
  };

  const shared = { order, view, onView, onResize };

  return (
    <div role="rowgroup" className={styles["heads"]}>
      <div role="row" aria-rowindex={1} className={styles["head-row"]}>
        <div role="columnheader" className={`${styles["check"] ?? ""} ${styles["pinned"] ?? ""}`}>
          <input
            ref={box}
            type="checkbox"
            aria-label="Select all runs"
            checked={allSelected}
            onChange={(event) => onSelectAll(event.target.checked)}
          />
        </div>
        {cells.left.map((column, at) => (
          <ColumnHead
            key={column.id}
            column={column}
            former={cells.left[at - 1]}
            isPinned
            isEdge={at === cells.left.length - 1}
            onSort={sortBy}
            {...shared}
          />
        ))}
        <div className={styles["gap"]} style={{ width: cells.before }} role="presentation" />
        {cells.center.map((column, at) => (
          <ColumnHead
            key={column.id}
            column={column}
            former={cells.center[at - 1]}
            onSort={sortBy}
            {...shared}
          />
        ))}
      </div>
    </div>
  );
}
