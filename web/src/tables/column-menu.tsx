import { Icon } from "@/components/icon";
import { Menu, MenuItem, MenuLine } from "@/components/menu";

import type { Column } from "./columns";
import styles from "./data-table.module.css";
import type { ChangeTableView, TableView } from "./table-view";

interface ColumnMenuProps {
  column: Column;
  order: readonly string[];
  view: TableView;
  onView: ChangeTableView;
}

/** The columns after the first with one of them moved by a place. */
function moved(order: readonly string[], id: string, by: -1 | 1): string[] {
  const next = order.slice(1);
  const at = next.indexOf(id);
  const other = next[at + by];
  if (at < 0 || other === undefined) return next;
  next[at + by] = id;
  next[at] = other;
  return next;
}

/** What can be done with a column. */
export function ColumnMenu({ column, order, view, onView }: ColumnMenuProps) {
  const { id } = column;
  const isPinned = view.pinned.includes(id);
  return (
    <Menu
      trigger={
        <button type="button" className={styles["more"]} aria-label={`Column ${column.label}`}>
          <Icon name="more" size={12} />
        </button>
      }
    >
      {column.isSortable && (
        <>
          <MenuItem icon="up" onSelect={() => onView({ sort: [{ column: id, descending: false }] })}>
            Sort upward
          </MenuItem>
          <MenuItem icon="down" onSelect={() => onView({ sort: [{ column: id, descending: true }] })}>
            Sort downward
          </MenuItem>
        </>
      )}
      {id !== order[0] && (
        <>
          {column.isSortable && <MenuLine />}
          <MenuItem
            icon="pin"
            onSelect={() =>
              onView({ pinned: isPinned ? view.pinned.filter((each) => each !== id) : [...view.pinned, id] })
            }
          >
            {isPinned ? "Unpin" : "Pin at the left"}
          </MenuItem>
          <MenuItem icon="left" onSelect={() => onView({ columns: moved(order, id, -1) })}>
            Move left
          </MenuItem>
          <MenuItem icon="right" onSelect={() => onView({ columns: moved(order, id, 1) })}>
            Move right
          </MenuItem>
          <MenuLine />
          <MenuItem
            icon="close"
            onSelect={() =>
              onView({
                columns: order.slice(1).filter((each) => each !== id),
                pinned: view.pinned.filter((each) => each !== id),
              })
            }
          >
            Hide
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
