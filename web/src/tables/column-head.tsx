import { Icon } from "@/components/icon";
import { classNames } from "@/lib/class-names";

import { ColumnMenu } from "./column-menu";
import type { SortKey } from "./columns";
import styles from "./data-table.module.css";
import { ResizeHandle } from "./resize-handle";
import type { ChangeTableView, TableView } from "./table-view";
import type { SizedColumn } from "./use-table-columns";

interface ColumnHeadProps {
  column: SizedColumn;
  /** The columns beside it: the word for a group stands once above its columns, and may be as wide as they are. */
  former: SizedColumn | undefined;
  next: SizedColumn | undefined;
  isPinned?: boolean;
  /** Whether it is the last of those at the left. */
  isEdge?: boolean;
  order: readonly string[];
  view: TableView;
  onView: ChangeTableView;
  onSort: (id: string, also: boolean) => void;
  onResize: (resizing: { id: string; width: number } | undefined) => void;
}

function ariaSort(sort: SortKey | undefined): "none" | "ascending" | "descending" {
  if (!sort) return "none";
  return sort.descending ? "descending" : "ascending";
}

/** The head of one column. */
export function ColumnHead(props: ColumnHeadProps) {
  const {
    column,
    former,
    next,
    isPinned = false,
    isEdge = false,
    order,
    view,
    onView,
    onSort,
    onResize,
  } = props;
  const sort = view.sort.find((key) => key.column === column.id);
  return (
    <div
      role="columnheader"
      aria-sort={ariaSort(sort)}
      className={classNames(styles["head"], isPinned && styles["pinned"])}
      data-kind={column.kind}
      data-edge={isEdge}
      style={isPinned ? { width: column.width, left: column.start } : { width: column.width }}
    >
      <span className={styles["group"]} aria-hidden="true" data-alone={next?.group !== column.group}>
        {former?.group !== column.group && column.group}
      </span>
      <span className={styles["label-row"]}>
        {column.isSortable ? (
          <button
            type="button"
            className={styles["label"]}
            title={`${column.title}\nClick to sort, with Shift as a further key`}
            onClick={(event) => onSort(column.id, event.shiftKey)}
          >
            <span className={styles["label-text"]}>{column.label}</span>
            {sort && <Icon name={sort.descending ? "down" : "up"} size={12} />}
          </button>
        ) : (
          <span className={styles["label-text"]} title={column.title}>
            {column.label}
          </span>
        )}
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
