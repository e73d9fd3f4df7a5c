import { useQuery } from "@tanstack/react-query";

import type { Run } from "@/types/wire";

import { runQuery } from "../api/run";

const REFRESH_MS = 3_000;

/** One run; asked for again and again while it is running. */
export const liveRunQuery = (runId: string) => ({
  ...runQuery(runId),
  refetchInterval: ({ state }: { state: { data: Run | undefined } }): number | false =>
    state.data?.info.status === "RUNNING" ? REFRESH_MS : false,
});

export function useRun(runId: string) {
  return useQuery(liveRunQuery(runId));
}
