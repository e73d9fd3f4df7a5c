/** How the table of runs is looked at. All of it stands in the address of the page. */
import type { SortKey } from "./columns";

export interface TableView {
  filter: string;
  sort: readonly SortKey[];
  /** Ids of the columns after the name, in order; the page chooses where nobody has. */
  columns: readonly string[] | undefined;
  /** Ids of the columns that stay at the left, besides the name. */
  pinned: readonly string[];
  /** Widths in pixels that differ from the usual. */
  widths: Readonly<Record<string, number>>;
  tree: boolean;
  shelf: "active" | "deleted";
}

export type ChangeView = (change: Partial<TableView>) => void;
