import { infiniteQueryOptions } from "@tanstack/react-query";

import { api } from "@/lib/api-client";
import type { Run, Runs } from "@/types/wire";

import { runsKey } from "./run";

export interface RunSearch {
  experimentId: string;
  filter: string;
  orderBy: string[];
  shelf: "active" | "deleted";
}

/** The first page is small, so that rows show at once; those after it are large, so that scrolling never waits. */
const FIRST_PAGE = 100;
const LATER_PAGE = 500;

export interface RunPage {
  runs: Run[];
  nextToken: string | undefined;
}

/** The runs of an experiment that match, a page at a time. */
export const searchRunsQuery = (search: RunSearch) =>
  infiniteQueryOptions({
    queryKey: [...runsKey, "search", search],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: RunPage) => last.nextToken,
    queryFn: async ({ pageParam, signal }): Promise<RunPage> => {
      const answer = await api.post<Runs>(
        "/runs/search",
        {
          experiment_ids: [search.experimentId],
          filter: search.filter,
          order_by: search.orderBy,
          run_view_type: search.shelf === "active" ? "ACTIVE_ONLY" : "DELETED_ONLY",
          max_results: pageParam === undefined ? FIRST_PAGE : LATER_PAGE,
          ...(pageParam === undefined ? {} : { page_token: pageParam }),
        },
        signal,
      );
      const runs = answer.runs ?? [];
      // A token without runs would ask for ever.
      return { runs, nextToken: (runs.length > 0 && answer.next_page_token) || undefined };
    },
  });
