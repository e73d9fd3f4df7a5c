import { formatDuration } from "@/lib/format";
import { useNow } from "@/lib/use-now";
import type { Run } from "@/types/wire";

/** How long a run took, or has been going on. */
export function RunDuration({ info }: { info: Run["info"] }) {
  const now = useNow();
  const hasEnded = info.end_time !== undefined && info.end_time > 0;
  const span = (hasEnded ? (info.end_time ?? now) : now) - info.start_time;
  if (!hasEnded && info.status !== "RUNNING") return null;
  return <span title={`${(span / 1000).toLocaleString("en-US")} s`}>{formatDuration(span)}</span>;
}
