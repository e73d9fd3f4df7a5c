import type { TableView } from "./table-view";

/** The view with a column moved by a place among those it stands with, at the left or not; `undefined` where it is at their end.
 *
 * @param order - Ids of all columns shown; the first stays where it is. */
export function movedColumn(
  order: readonly string[],
  pinned: readonly string[],
  id: string,
  by: -1 | 1,
): Partial<TableView> | undefined {
  const isShown = new Set(order.slice(1));
  const isPinned = pinned.includes(id);
  const columns = order.slice(1);
  const beside = isPinned
    ? pinned.filter((each) => isShown.has(each))
    : columns.filter((each) => !pinned.includes(each));
  const other = beside[beside.indexOf(id) + by];
  if (!beside.includes(id) || other === undefined) return undefined;
  const swapped = (ids: readonly string[]) =>
    ids.map((each) => (each === id ? other : each === other ? id : each));
  return isPinned ? { pinned: swapped(pinned) } : { columns: swapped(columns) };
}
