import type { Run } from "@/types/wire";

import { dataOf } from "./columns";

/** Why a run ended otherwise than by coming to its end. */
export interface RunEnd {
  /** Nobody told of its end; what is known instead. */
  lost: LostRun | undefined;
  /** In one sentence. */
  reason: string;
  traceback: string | undefined;
}

interface LostRun {
  /** Its process fell silent, and may speak again; else somebody found that it is gone. */
  isSilent: boolean;
  /** What was found, up to the time. */
  found: string;
  /** The time that what was found ends with, in milliseconds. */
  until: number | undefined;
}

const END_TAG = "runstone.end";
const TRACEBACK_TAG = "runstone.traceback";
const LOST = /^lost:\s*(.*?)(?:\s+(\d{4}-\d{2}-\d{2}\S*))?$/s;
const SILENT = "nothing was heard of its process since";

/** Why a run ended; `undefined` where it has not, or nobody said why. */
export function endOf(run: Run): RunEnd | undefined {
  const { tags } = dataOf(run);
  const reason = tags.get(END_TAG)?.trim() ?? "";
  const traceback = tags.get(TRACEBACK_TAG)?.trimEnd() || undefined;
  // A run that is resumed keeps the tags of its former end.
  if (run.info.status === "RUNNING" || (reason === "" && traceback === undefined)) return undefined;
  return { lost: lostOf(reason), reason, traceback };
}

function lostOf(reason: string): LostRun | undefined {
  const [, found, time] = LOST.exec(reason) ?? [];
  if (found === undefined) return undefined;
  const until = Date.parse(time ?? "");
  return { isSilent: found === SILENT, found, until: Number.isNaN(until) ? undefined : until };
}
