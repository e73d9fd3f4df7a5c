import { queryOptions, type QueryClient } from "@tanstack/react-query";

import { eachOf } from "@/lib/each-of";
import { namesIn, readText } from "@/lib/run-files";

import { splitLines, type Segment } from "../console-lines";
import { capturedKey, CONSOLE } from "./captured-files";

/** Segments have 64 KiB each. Of a longer console the last ones are shown. */
const MOST_SEGMENTS = 256;

const SEGMENT = /^\d+\.log$/;

export interface ConsoleLog {
  segments: Segment[];
  /** How many segments stand before these. */
  leftOut: number;
}

/** What a run printed. Asked for again, it reads only what may have changed. */
export const consoleQuery = (runId: string) => {
  const queryKey = [...capturedKey, "console", runId];
  return queryOptions({
    queryKey,
    queryFn: ({ client, signal }: { client: QueryClient; signal: AbortSignal }) =>
      readConsole(runId, client.getQueryData<ConsoleLog>(queryKey)?.segments ?? [], signal),
    structuralSharing: false,
  });
};

/** The digits of the process that wrote a segment: several may log to a run at once, each to its last one. */
const processOf = (name: string) => name.slice(0, -"000.log".length);

async function readConsole(
  runId: string,
  former: readonly Segment[],
  signal: AbortSignal,
): Promise<ConsoleLog> {
  const all = (await namesIn(runId, CONSOLE, signal))
    .filter((name) => SEGMENT.test(name))
    .sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
  const names = all.slice(-MOST_SEGMENTS);
  const last = new Map(all.map((name) => [processOf(name), name]));
  const known = new Map(former.filter((one) => one.isFinal).map((one) => [one.name, one]));
  const waiting = names.filter((name) => !known.has(name));
  const { failure } = await eachOf(waiting, async (name) => {
    const { text } = await readText(runId, `${CONSOLE}/${name}`, signal);
    known.set(name, { name, lines: splitLines(text), isFinal: name !== last.get(processOf(name)) });
  });
  if (failure) throw failure;
  return {
    segments: names.flatMap((name) => known.get(name) ?? []),
    leftOut: all.length - names.length,
  };
}
