import { useQuery } from "@tanstack/react-query";

import { runQuery } from "../api/run";

const REFRESH_MS = 3_000;

/** One run; asked for again and again while it is running. */
export function useRun(runId: string) {
  return useQuery({
    ...runQuery(runId),
    refetchInterval: ({ state }) => (state.data?.info.status === "RUNNING" ? REFRESH_MS : false),
  });
}
