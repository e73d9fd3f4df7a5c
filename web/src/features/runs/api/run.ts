import { queryOptions } from "@tanstack/react-query";

import { api } from "@/lib/api-client";
import type { OneRun } from "@/types/wire";

export const runsKey = ["runs"] as const;

/** One run with its latest metrics, params and tags. */
export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: [...runsKey, "one", runId],
    queryFn: async ({ signal }) => (await api.get<OneRun>("/runs/get", { run_id: runId }, signal)).run,
  });
