import { Icon } from "@/components/icon";
import { Menu, MenuItem, MenuLine } from "@/components/menu";

import type { Column } from "./columns";
import { movedColumn } from "./moved-column";
import styles from "./data-table.module.css";
import type { ChangeTableView, TableView } from "./table-view";

interface ColumnMenuProps {
  column: Column;
  order: readonly string[];
  view: TableView;
  onView: ChangeTableView;
}

/** What can be done with a column. */
export function ColumnMenu({ column, order, view, onView }: ColumnMenuProps) {
  const { id } = column;
  const isPinned = view.pinned.includes(id);
  const left = movedColumn(order, view.pinned, id, -1);
  const right = movedColumn(order, view.pinned, id, 1);
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
          <MenuItem icon="left" disabled={!left} onSelect={() => left && onView(left)}>
            Move left
          </MenuItem>
          <MenuItem icon="right" disabled={!right} onSelect={() => right && onView(right)}>
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
