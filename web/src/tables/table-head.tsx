import { useEffect, useRef } from "react";

import { classNames } from "@/lib/class-names";

import { ColumnHead } from "./column-head";
import styles from "./data-table.module.css";
import type { CellWindow } from "./table-row";
import type { ChangeTableView, TableView } from "./table-view";

interface TableHeadProps {
  cells: CellWindow;
  /** Ids of all columns shown, in order. */
  order: readonly string[];
  view: TableView;
  onView: ChangeTableView;
  onResize: (resizing: { id: string; width: number } | undefined) => void;
  selectAll: SelectAllProps;
}

/** The heads of the columns: sort by a click, more by the menu, width by the edge. */
export function TableHead({ cells, order, view, onView, onResize, selectAll }: TableHeadProps) {
  const sortBy = (id: string, also: boolean) => {
    const current = view.sort.find((key) => key.column === id);
    const others = also ? view.sort.filter((key) => key.column !== id) : [];
    // First downward, where the newest and the largest are; then upward; then as it was.
    if (!current) onView({ sort: [...others, { column: id, descending: true }] });
    else if (current.descending) onView({ sort: [...others, { column: id, descending: false }] });
    else onView({ sort: others });
  };

  const shared = { order, view, onView, onResize, onSort: sortBy };

  return (
    <div role="rowgroup" className={styles["heads"]}>
      <div role="row" aria-rowindex={1} className={styles["head-row"]}>
        <SelectAll {...selectAll} />
        {cells.left.map((column, at) => (
          <ColumnHead
            key={column.id}
            column={column}
            former={cells.left[at - 1]}
            next={cells.left[at + 1]}
            isPinned
            isEdge={at === cells.left.length - 1}
            {...shared}
          />
        ))}
        <div className={styles["gap"]} style={{ width: cells.before }} role="presentation" />
        {cells.center.map((column, at) => (
          <ColumnHead
            key={column.id}
            column={column}
            former={cells.center[at - 1]}
            next={cells.center[at + 1]}
            {...shared}
          />
        ))}
      </div>
    </div>
  );
}

interface SelectAllProps {
  /** As `Select all runs`. */
  label: string;
  areAll: boolean;
  areSome: boolean;
  onSelect: (on: boolean) => void;
}

function SelectAll({ label, areAll, areSome, onSelect }: SelectAllProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = areSome && !areAll;
  }, [areSome, areAll]);
  return (
    <div role="columnheader" className={classNames(styles["check"], styles["pinned"])}>
      <input
        ref={box}
        type="checkbox"
        aria-label={label}
        checked={areAll}
        onChange={(event) => onSelect(event.target.checked)}
      />
    </div>
  );
}
