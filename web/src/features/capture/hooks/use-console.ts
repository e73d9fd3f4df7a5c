import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";

import { consoleQuery } from "../api/console";
import { consoleLines } from "../console-lines";

const REFRESH_MS = 2_000;

/** What a run printed, and prints; read a last time when the run has ended. */
export function useConsole(runId: string, isLive: boolean) {
  const log = useQuery({ ...consoleQuery(runId), refetchInterval: isLive ? REFRESH_MS : false });
  const { refetch } = log;
  const wasLive = useRef(isLive);
  useEffect(() => {
    if (wasLive.current && !isLive) void refetch();
    wasLive.current = isLive;
  }, [isLive, refetch]);
  const lines = useMemo(() => log.data && consoleLines(log.data.segments), [log.data]);
  return { log, lines };
}
