import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Run } from "@/types/wire";

import { searchRunsQuery, type RunPage, type RunSearch } from "../api/search-runs";

const REFRESH_MS = 5_000;
/** A table that is scrolled far down is not fetched anew behind one's back. */
const REFRESH_PAGES = 2;

/** The runs that match, as far as they are here, and the way to more. */
export function useRunPages(search: RunSearch) {
  const query = useInfiniteQuery({
    ...searchRunsQuery(search),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= REFRESH_PAGES ? REFRESH_MS : false),
  });
  const runs = useMemo(() => query.data?.pages.flatMap((page) => page.runs) ?? [], [query.data]);
  return { query, runs, pages: query.data?.pages ?? NO_PAGES };
}

const NO_PAGES: RunPage[] = [];

export type RunPages = ReturnType<typeof useRunPages>;

/** Ids of the runs, in their order. */
export function idsOf(runs: readonly Run[]): string[] {
  return runs.map((run) => run.info.run_id);
}
