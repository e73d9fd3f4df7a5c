import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import type { ChangeModelsView, ModelsView } from "@/features/models/models-view";
import type { ChangeRunsView, RunsView } from "@/features/runs/runs-view";

import type { ExperimentSearch } from "./searches";
import { tableSearchOf, tableViewOf } from "./table-search";

const FROM = "/experiments/$experimentId";

/** What the address of an experiment's page says, and how to change it. */
export function useExperimentSearch() {
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
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
  return { search, change };
}

/** How the table of runs is looked at, out of the address and back into it. */
export function useRunsView(): [RunsView, ChangeRunsView] {
  const { search, change } = useExperimentSearch();
  const { q, sort, cols, pin, w, tree, runs } = search;
  const view = useMemo<RunsView>(
    () => ({
      ...tableViewOf({ sort, cols, pin, w }),
      filter: q ?? "",
      tree: tree === "1",
      shelf: runs ?? "active",
    }),
    [q, sort, cols, pin, w, tree, runs],
  );
  const onView = useCallback<ChangeRunsView>(
    (part) => {
      const next = { ...view, ...part };
      change({
        ...tableSearchOf(next),
        q: next.filter || undefined,
        tree: next.tree ? "1" : undefined,
        runs: next.shelf === "deleted" ? "deleted" : undefined,
      });
    },
    [view, change],
  );
  return [view, onView];
}

/** The same of the table of logged models. */
export function useModelsView(): [ModelsView, ChangeModelsView] {
  const { search, change } = useExperimentSearch();
  const { mq, msort, mcols, mpin, mw } = search;
  const view = useMemo<ModelsView>(
    () => ({ ...tableViewOf({ sort: msort, cols: mcols, pin: mpin, w: mw }), filter: mq ?? "" }),
    [mq, msort, mcols, mpin, mw],
  );
  const onView = useCallback<ChangeModelsView>(
    (part) => {
      const next = { ...view, ...part };
      const { sort, cols, pin, w } = tableSearchOf(next);
      change({ mq: next.filter || undefined, msort: sort, mcols: cols, mpin: pin, mw: w });
    },
    [view, change],
  );
  return [view, onView];
}
