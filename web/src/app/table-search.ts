/** A table's view as words of the address, and back. */
import { sortKeyOf } from "@/tables/columns";
import type { TableView } from "@/tables/table-view";

export interface TableSearch {
  /** Column ids, `-` before one that sorts downward. */
  sort?: string[] | undefined;
  /** The columns shown, in their order; the page chooses where it is left out. */
  cols?: string[] | undefined;
  /** Columns that stay at the left. */
  pin?: string[] | undefined;
  /** Widths that differ from the usual, as `column~pixels`. */
  w?: string[] | undefined;
}

function widthsOf(texts: readonly string[]): Record<string, number> {
  const widths: Record<string, number> = {};
  for (const text of texts) {
    const at = text.lastIndexOf("~");
    const width = Number(text.slice(at + 1));
    if (at > 0 && Number.isFinite(width) && width > 0) widths[text.slice(0, at)] = width;
  }
  return widths;
}

export function tableViewOf({ sort, cols, pin, w }: TableSearch): TableView {
  return { sort: (sort ?? []).map(sortKeyOf), columns: cols, pinned: pin ?? [], widths: widthsOf(w ?? []) };
}

export function tableSearchOf(view: TableView): TableSearch {
  const list = (items: readonly string[]) => (items.length > 0 ? [...items] : undefined);
  return {
    sort: list(view.sort.map(({ column, descending }) => (descending ? `-${column}` : column))),
    cols: view.columns && [...view.columns],
    pin: list(view.pinned),
    w: list(Object.entries(view.widths).map(([id, width]) => `${id}~${width}`)),
  };
}
