import type { TableView } from "@/tables/table-view";

/** How the table of logged models is looked at. All of it stands in the address of the page. */
export interface ModelsView extends TableView {
  filter: string;
}

export type ChangeModelsView = (change: Partial<ModelsView>) => void;
