import { queryOptions } from "@tanstack/react-query";

import { api } from "@/lib/api-client";
import type { RunHistories, RunMetric } from "@/types/wire";

/** The server takes at most so many runs in one question. */
export const MAX_RUNS = 100;

/** The server thins each curve to so many points. */
export const MAX_POINTS = 2500;

export interface StepRange {
  start: number;
  end: number;
}

/** The values of one metric of several runs, thinned by the server; finer within a range of steps. */
export const metricHistoryQuery = (runIds: string[], key: string, range?: StepRange) =>
  queryOptions({
    queryKey: ["metric-history", key, runIds, range ?? "all"],
    queryFn: async ({ signal }): Promise<Map<string, RunMetric[]>> => {
      const answer = await api.get<RunHistories>(
        "/metrics/get-history-bulk-interval",
        {
          metric_key: key,
          run_ids: runIds,
          start_step: range?.start,
          end_step: range?.end,
          max_results: MAX_POINTS,
        },
        signal,
      );
      const byRun = new Map<string, RunMetric[]>();
      for (const metric of answer.metrics ?? []) {
        const list = byRun.get(metric.run_id);
        if (list) list.push(metric);
        else byRun.set(metric.run_id, [metric]);
      }
      return byRun;
    },
  });
