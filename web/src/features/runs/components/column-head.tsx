import { Icon } from "@/components/icon";
import { classNames } from "@/lib/class-names";

import { KIND_LABELS, NAME_COLUMN, type SortKey } from "../columns";
import type { SizedColumn } from "../hooks/use-table-columns";
import type { ChangeView, TableView } from "../table-view";
import { ColumnMenu } from "./column-menu";
import { ResizeHandle } from "./resize-handle";
import styles from "./runs-table.module.css";

interface ColumnHeadProps {
  column: SizedColumn;
  /** The column before it: the word for the kind stands once above columns of a kind. */
  former: SizedColumn | undefined;
  isPinned?: boolean;
  /** Whether it is the last of those at the left. */
  isEdge?: boolean;
  order: readonly string[];
  view: TableView;
  onView: ChangeView;
  onSort: (id: string, also: boolean) => void;
  onResize: (resizing: { id: string; width: number } | undefined) => void;
}

function ariaSort(sort: SortKey | undefined): "none" | "ascending" | "descending" {
  if (!sort) return "none";
  return sort.descending ? "descending" : "ascending";
}

/** The head of one column. */
export function ColumnHead(props: ColumnHeadProps) {
  const { column, former, isPinned = false, isEdge = false, order, view, onView, onSort, onResize } = props;
  const sort = view.sort.find((key) => key.column === column.id);
  const isFirstOfKind = former?.kind !== column.kind && column.id !== NAME_COLUMN;
  return (
    <div
      role="columnheader"
      aria-sort={ariaSort(sort)}
      className={classNames(styles["head"], isPinned && styles["pinned"])}
      data-kind={column.kind}
      data-edge={isEdge}
      style={isPinned ? { width: column.width, left: column.start } : { width: column.width }}
    >
      <span className={styles["kind"]} aria-hidden="true">
        {isFirstOfKind && KIND_LABELS[column.kind]}
      </span>
      <span className={styles["label-row"]}>
        <button
          type="button"
          className={styles["label"]}
          title={`${column.id}\nClick to sort, with Shift as a further key`}
          onClick={(event) => onSort(column.id, event.shiftKey)}
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
}
