import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Run } from "@/types/wire";

import { searchRunsQuery, type RunPage, type RunSearch } from "../api/search-runs";

const REFRESH_LIVE_MS = 5_000;
const REFRESH_QUIET_MS = 30_000;
const REFRESH_EMPTY_MS = 3_000;

/** How soon to ask again: often where something moves or is waited for, and never behind the back of one who scrolled. */
function refreshAfter(pages: readonly RunPage[] | undefined): number | false {
  const [first, second] = pages ?? [];
  if (!first || second) return false;
  if (first.runs.length === 0) return REFRESH_EMPTY_MS;
  return first.runs.some((run) => run.info.status === "RUNNING") ? REFRESH_LIVE_MS : REFRESH_QUIET_MS;
}

/** The runs that match, as far as they are here, and the way to more. */
export function useRunPages(search: RunSearch) {
  const query = useInfiniteQuery({
    ...searchRunsQuery(search),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => refreshAfter(state.data?.pages),
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
