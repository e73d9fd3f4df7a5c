import { formatAgo, formatExact } from "@/lib/format";
import { useNow } from "@/lib/use-now";

/** How long ago something was; the exact time, local and UTC, stands in the title. */
export function TimeAgo({ time }: { time: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(time).toISOString()} title={formatExact(time)}>
      {formatAgo(time, now)}
    </time>
  );
}
