import { memo, type ReactNode } from "react";

import { classNames } from "@/lib/class-names";

import type { Column } from "./columns";
import styles from "./data-table.module.css";
import type { SizedColumn } from "./use-table-columns";

/** The columns of which cells are drawn. */
export interface CellWindow {
  left: readonly SizedColumn[];
  /** Width in pixels of the columns left out before the first of `center`. */
  before: number;
  center: readonly SizedColumn[];
}

interface TableRowProps<Row> {
  row: Row;
  id: string;
  name: string;
  index: number;
  top: number;
  cells: CellWindow;
  cell: (row: Row, column: Column) => ReactNode;
  isSelected: boolean;
  onToggle: (id: string, index: number, range: boolean) => void;
}

function TableRowPlain<Row>(props: TableRowProps<Row>) {
  const { row, id, name, index, top, cells, cell, isSelected, onToggle } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={styles["row"]}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell" className={classNames(styles["check"], styles["pinned"])}>
        <input
          type="checkbox"
          aria-label={`Select ${name}`}
          checked={isSelected}
          onClick={(event) => onToggle(id, index, event.shiftKey)}
          onChange={() => undefined}
        />
      </div>
      {cells.left.map((column, at) => (
        <div
          key={column.id}
          role="gridcell"
          className={classNames(styles["cell"], styles["pinned"])}
          data-kind={column.kind}
          data-edge={at === cells.left.length - 1}
          style={{ width: column.width, left: column.start }}
        >
          {cell(row, column)}
        </div>
      ))}
      <div className={styles["gap"]} style={{ width: cells.before }} role="presentation" />
      {cells.center.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={styles["cell"]}
          data-kind={column.kind}
          style={{ width: column.width }}
        >
          {cell(row, column)}
        </div>
      ))}
    </div>
  );
}

/** One row. Drawn anew only when something of it changed: a table is mostly scrolled. */
export const TableRow = memo(TableRowPlain) as typeof TableRowPlain;
