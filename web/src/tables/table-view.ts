/** How a table is looked at. All of it stands in the address of the page. */
import type { SortKey } from "./columns";

export interface TableView {
  sort: readonly SortKey[];
  /** Ids of the columns after the first, in order; the page chooses where nobody has. */
  columns: readonly string[] | undefined;
  /** Ids of the columns that stay at the left, besides the first. */
  pinned: readonly string[];
  /** Widths in pixels that differ from the usual. */
  widths: Readonly<Record<string, number>>;
}

export type ChangeTableView = (change: Partial<TableView>) => void;
