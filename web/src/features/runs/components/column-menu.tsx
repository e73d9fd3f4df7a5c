import { Icon } from "@/components/icon";
import { Menu, MenuItem, MenuLine } from "@/components/menu";

import { NAME_COLUMN, type Column } from "../columns";
import type { ChangeView, TableView } from "../table-view";
import styles from "./runs-table.module.css";

interface ColumnMenuProps {
  column: Column;
  order: readonly string[];
  view: TableView;
  onView: ChangeView;
}

/** The columns after the name with one of them moved by a place. */
function moved(order: readonly string[], id: string, by: -1 | 1): string[] {
  const next = order.filter((each) => each !== NAME_COLUMN);
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
      <MenuItem icon="up" onSelect={() => onView({ sort: [{ column: id, descending: false }] })}>
        Sort upward
      </MenuItem>
      <MenuItem icon="down" onSelect={() => onView({ sort: [{ column: id, descending: true }] })}>
        Sort downward
      </MenuItem>
      {id !== NAME_COLUMN && (
        <>
          <MenuLine />
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
                columns: order.filter((each) => each !== id && each !== NAME_COLUMN),
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
