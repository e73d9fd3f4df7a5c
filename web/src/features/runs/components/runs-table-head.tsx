import { useEffect, useRef } from "react";

import { Icon } from "@/components/icon";

import { KIND_LABELS, NAME_COLUMN } from "../columns";
import { CHECK_WIDTH, type SizedColumn } from "../hooks/use-table-columns";
import type { ChangeView, TableView } from "../table-view";

import { ColumnMenu } from "./column-menu";
import { ResizeHandle } from "./resize-handle";
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

  const head = (column: SizedColumn, former: SizedColumn | undefined, left?: number, edge = false) => {
    const sort = view.sort.find((key) => key.column === column.id);
    return (
      <div
        key={column.id}
        role="columnheader"
        aria-sort={sort ? (sort.descending ? "descending" : "ascending") : "none"}
        className={`${styles["head"] ?? ""} ${left === undefined ? "" : (styles["pinned"] ?? "")}`}
        data-kind={column.kind}
        data-edge={edge}
        style={left === undefined ? { width: column.width } : { width: column.width, left }}
      >
        <span className={styles["kind"]} aria-hidden="true">
          {former?.kind !== column.kind && column.id !== NAME_COLUMN && KIND_LABELS[column.kind]}
        </span>
        <span className={styles["label-row"]}>
          <button
            type="button"
            className={styles["label"]}
            title={`${column.id}\nClick to sort, with Shift as a further key`}
            onClick={(event) => sortBy(column.id, event.shiftKey)}
          >
            <span className={styles["label-text"]}>{column.label}</span>
            {sort && <Icon name={sort.descending ? "down" : "up"} size={12} />}
          </button>
          <ColumnMenu column={column} order={order} view={view} onView={onView} />
        </span>
        <ResizeHandle
          column={column}
          onResize={onResize}
          onDone={(width) => {
            onResize(undefined);
            onView({ widths: { ...view.widths, [column.id]: width } });
          }}
        />
      </div>
    );
  };

  let offset = CHECK_WIDTH;
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
        {cells.left.map((column, at) => {
          const left = offset;
          offset += column.width;
          return head(column, cells.left[at - 1], left, at === cells.left.length - 1);
        })}
        <div className={styles["gap"]} style={{ width: cells.before }} role="presentation" />
        {cells.center.map((column, at) => head(column, cells.center[at - 1]))}
      </div>
    </div>
  );
}
