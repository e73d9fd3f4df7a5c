import { queryOptions } from "@tanstack/react-query";

import { api } from "@/lib/api-client";
import type { Run, Runs } from "@/types/wire";

import { experimentsKey } from "./experiments";

const LOOK_BACK = 100;

/** The latest run of each experiment, as far as it is among the newest 100 runs of all. */
export const latestRunsQuery = (experimentIds: string[]) =>
  queryOptions({
    queryKey: [...experimentsKey, "latest-runs", experimentIds],
    enabled: experimentIds.length > 0,
    queryFn: async ({ signal }) => {
      const answer = await api.post<Runs>(
        "/runs/search",
        { experiment_ids: experimentIds, max_results: LOOK_BACK, order_by: ["attributes.start_time DESC"] },
        signal,
      );
      const latest = new Map<string, Run>();
      for (const run of answer.runs ?? []) {
        if (!latest.has(run.info.experiment_id)) latest.set(run.info.experiment_id, run);
      }
      return latest;
    },
  });
