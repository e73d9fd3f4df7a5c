import { useCallback } from "react";

import type { Column } from "@/tables/columns";
import { DataTable, type RowSelection } from "@/tables/data-table";
import { PagedPanel } from "@/tables/paged-panel";

import { NAME_COLUMN } from "../columns";
import type { RunPages } from "../hooks/use-run-pages";
import type { ChangeRunsView, RunsView } from "../runs-view";
import type { RunNode } from "../tree";
import { RunCell } from "./run-cell";
import { RunNameCell } from "./run-name-cell";

interface RunsPanelProps {
  found: RunPages;
  nodes: readonly RunNode[];
  columns: readonly Column[];
  view: RunsView;
  onView: ChangeRunsView;
  selection: RowSelection;
  folded: ReadonlySet<string>;
  onFold: (runId: string) => void;
}

function emptyWords(view: RunsView): string {
  if (view.filter !== "") return "No run matches the filter.";
  return view.shelf === "deleted" ? "No run of this experiment is in the trash." : "There are no runs.";
}

const idOf = ({ run }: RunNode) => run.info.run_id;
const nameOf = ({ run }: RunNode) => run.info.run_name;

/** The table of runs, or what stands in its place while there is nothing to show. */
export function RunsPanel({
  found,
  nodes,
  columns,
  view,
  onView,
  selection,
  folded,
  onFold,
}: RunsPanelProps) {
  const { tree: isTree } = view;
  const cell = useCallback(
    (node: RunNode, column: Column) =>
      column.id === NAME_COLUMN ? (
        <RunNameCell node={node} isTree={isTree} isFolded={folded.has(idOf(node))} onFold={onFold} />
      ) : (
        <RunCell run={node.run} column={column} />
      ),
    [isTree, folded, onFold],
  );
  return (
    <PagedPanel
      query={found.query}
      what="runs"
      isEmpty={nodes.length === 0}
      nothing={emptyWords(view)}
      table={(paging) => (
        <DataTable
          label="Runs"
          rows={nodes}
          idOf={idOf}
          nameOf={nameOf}
          columns={columns}
          cell={cell}
          view={view}
          onView={onView}
          selection={selection}
          {...paging}
        />
      )}
    />
  );
}
