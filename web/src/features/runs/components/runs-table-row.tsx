import { memo } from "react";

import type { SizedColumn } from "../hooks/use-table-columns";
import type { RunNode } from "../tree";
import { RunCell } from "./run-cell";
import { RunNameCell } from "./run-name-cell";
import styles from "./runs-table.module.css";

/** The columns of which cells are drawn. */
export interface CellWindow {
  left: readonly SizedColumn[];
  /** Width in pixels of the columns left out before the first of `center`. */
  before: number;
  center: readonly SizedColumn[];
}

interface RunsTableRowProps {
  node: RunNode;
  index: number;
  top: number;
  cells: CellWindow;
  isTree: boolean;
  isFolded: boolean;
  isSelected: boolean;
  onToggle: (runId: string, index: number, range: boolean) => void;
  onFold: (runId: string) => void;
}

function RunsTableRowPlain(props: RunsTableRowProps) {
  const { node, index, top, cells, isTree, isFolded, isSelected, onToggle, onFold } = props;
  const { run } = node;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={styles["row"]}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell" className={`${styles["check"] ?? ""} ${styles["pinned"] ?? ""}`}>
        <input
          type="checkbox"
          aria-label={`Select ${run.info.run_name}`}
          checked={isSelected}
          onClick={(event) => onToggle(run.info.run_id, index, event.shiftKey)}
          onChange={() => undefined}
        />
      </div>
      {cells.left.map((column, at) => (
        <div
          key={column.id}
          role="gridcell"
          className={`${styles["cell"] ?? ""} ${styles["pinned"] ?? ""}`}
          data-kind={column.kind}
          data-edge={at === cells.left.length - 1}
          style={{ width: column.width, left: column.start }}
        >
          {at === 0 ? (
            <RunNameCell node={node} isTree={isTree} isFolded={isFolded} onFold={onFold} />
          ) : (
            <RunCell run={run} column={column} />
          )}
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
          <RunCell run={run} column={column} />
        </div>
      ))}
    </div>
  );
}

/** One run. Drawn anew only when something of it changed: a table is mostly scrolled. */
export const RunsTableRow = memo(RunsTableRowPlain);
