import { useQuery } from "@tanstack/react-query";

import type { Run } from "@/types/wire";

import { capturedQuery } from "../api/captured-files";

const REFRESH_MS = 3_000;

/** Which things were captured of a run; asked for again and again while it is running. */
export function useCaptured(run: Run) {
  return useQuery({
    ...capturedQuery(run.info.run_id),
    refetchInterval: run.info.status === "RUNNING" ? REFRESH_MS : false,
  });
}
