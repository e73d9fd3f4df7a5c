import { queryOptions } from "@tanstack/react-query";

import { api } from "@/lib/api-client";
import type { Experiment, Experiments, OneExperiment } from "@/types/wire";

export type Shelf = "active" | "deleted";

const PAGE = 1000;

async function everyExperiment(shelf: Shelf, signal: AbortSignal): Promise<Experiment[]> {
  const found: Experiment[] = [];
  let token: string | undefined;
  do {
    const page: Experiments = await api.post<Experiments>(
      "/experiments/search",
      {
        max_results: PAGE,
        view_type: shelf === "active" ? "ACTIVE_ONLY" : "DELETED_ONLY",
        order_by: ["last_update_time DESC"],
        ...(token ? { page_token: token } : {}),
      },
      signal,
    );
    found.push(...(page.experiments ?? []));
    token = page.next_page_token;
  } while (token);
  return found;
}

export const experimentsKey = ["experiments"] as const;

/** Every experiment, in use or in the trash. */
export const experimentsQuery = (shelf: Shelf) =>
  queryOptions({
    queryKey: [...experimentsKey, "list", shelf],
    queryFn: ({ signal }) => everyExperiment(shelf, signal),
  });

/** One experiment by its id. */
export const experimentQuery = (experimentId: string) =>
  queryOptions({
    queryKey: [...experimentsKey, "one", experimentId],
    queryFn: async ({ signal }) => {
      const answer = await api.get<OneExperiment>(
        "/experiments/get",
        { experiment_id: experimentId },
        signal,
      );
      return answer.experiment;
    },
  });
