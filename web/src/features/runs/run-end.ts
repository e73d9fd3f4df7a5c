import type { Run } from "@/types/wire";

import { dataOf } from "./columns";

/** Why a run ended otherwise than by coming to its end. */
export interface RunEnd {
  /** Nobody told of its end: its process fell silent. */
  isLost: boolean;
  /** In one sentence. */
  reason: string;
  traceback: string | undefined;
}

const END_TAG = "runstone.end";
const TRACEBACK_TAG = "runstone.traceback";
const LOST = "lost:";

/** Why a run ended; `undefined` where it has not, or nobody said why. */
export function endOf(run: Run): RunEnd | undefined {
  const { tags } = dataOf(run);
  const reason = tags.get(END_TAG)?.trim() ?? "";
  const traceback = tags.get(TRACEBACK_TAG)?.trimEnd() || undefined;
  // A run that is resumed keeps the tags of its former end.
  if (run.info.status === "RUNNING" || (reason === "" && traceback === undefined)) return undefined;
  return { isLost: reason.startsWith(LOST), reason, traceback };
}
