import type { TableView } from "@/tables/table-view";

/** How the table of runs is looked at. All of it stands in the address of the page. */
export interface RunsView extends TableView {
  filter: string;
  tree: boolean;
  shelf: "active" | "deleted";
}

export type ChangeRunsView = (change: Partial<RunsView>) => void;
