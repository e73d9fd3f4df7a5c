import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import { sortKeyOf } from "@/features/runs/columns";
import type { ChangeView, TableView } from "@/features/runs/table-view";

import type { ExperimentSearch } from "./searches";

const FROM = "/experiments/$experimentId";

function widthsOf(texts: readonly string[]): Record<string, number> {
  const widths: Record<string, number> = {};
  for (const text of texts) {
    const at = text.lastIndexOf("~");
    const width = Number(text.slice(at + 1));
    if (at > 0 && Number.isFinite(width) && width > 0) widths[text.slice(0, at)] = width;
  }
  return widths;
}

function searchOf(view: TableView): Partial<ExperimentSearch> {
  const list = (items: readonly string[]) => (items.length > 0 ? [...items] : undefined);
  return {
    q: view.filter || undefined,
    sort: list(view.sort.map(({ column, descending }) => (descending ? `-${column}` : column))),
    cols: view.columns && [...view.columns],
    pin: list(view.pinned),
    w: list(Object.entries(view.widths).map(([id, width]) => `${id}~${width}`)),
    tree: view.tree ? "1" : undefined,
    runs: view.shelf === "deleted" ? "deleted" : undefined,
  };
}

/** How the table is looked at, out of the address and back into it. */
export function useExperimentView() {
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const { q, sort, cols, pin, w, tree, runs } = search;

  const view = useMemo<TableView>(
    () => ({
      filter: q ?? "",
      sort: (sort ?? []).map(sortKeyOf),
      columns: cols,
      pinned: pin ?? [],
      widths: widthsOf(w ?? []),
      tree: tree === "1",
      shelf: runs ?? "active",
    }),
    [q, sort, cols, pin, w, tree, runs],
  );

  const change = useCallback(
    (next: Partial<ExperimentSearch>) => {
      void navigate({
        search: (old) => ({ ...old, ...next }),
        hash: true,
        replace: true,
        hashScrollIntoView: false,
      });
    },
    [navigate],
  );
  const onView = useCallback<ChangeView>((part) => change(searchOf({ ...view, ...part })), [change, view]);
  return { search, view, onView, change };
}
