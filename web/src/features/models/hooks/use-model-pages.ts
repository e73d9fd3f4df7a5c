import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { searchModelsQuery, type ModelPage, type ModelSearch } from "../api/search-models";

const REFRESH_LIVE_MS = 5_000;
const REFRESH_QUIET_MS = 30_000;
const REFRESH_EMPTY_MS = 3_000;
const NO_PAGES: ModelPage[] = [];

/** How soon to ask again: often where something moves or is waited for, and never behind the back of one who scrolled. */
function refreshAfter(pages: readonly ModelPage[] | undefined): number | false {
  const [first, second] = pages ?? [];
  if (!first || second) return false;
  if (first.models.length === 0) return REFRESH_EMPTY_MS;
  const isLive = first.models.some(({ info }) => info.status === "LOGGED_MODEL_PENDING");
  return isLive ? REFRESH_LIVE_MS : REFRESH_QUIET_MS;
}

/** The logged models that match, as far as they are here, and the way to more. */
export function useModelPages(search: ModelSearch) {
  const query = useInfiniteQuery({
    ...searchModelsQuery(search),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => refreshAfter(state.data?.pages),
  });
  const pages = query.data?.pages ?? NO_PAGES;
  const models = useMemo(() => pages.flatMap((page) => page.models), [pages]);
  return { query, pages, models };
}

export type ModelPages = ReturnType<typeof useModelPages>;
