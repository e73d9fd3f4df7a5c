import { MetricValue } from "@/components/metric-value";
import { StatusMark } from "@/components/status-mark";
import { TimeAgo } from "@/components/time-ago";
import type { Column } from "@/tables/columns";
import type { Run } from "@/types/wire";

import { dataOf } from "../columns";
import { RunDuration } from "./run-duration";

function AttributeCell({ run, name }: { run: Run; name: string }) {
  switch (name) {
    case "start_time":
      return <TimeAgo time={run.info.start_time} />;
    case "duration":
      return <RunDuration info={run.info} />;
    case "status":
      return <StatusMark status={run.info.status} words />;
    case "user_id":
      return run.info.user_id;
    case "run_id":
      return <code title={run.info.run_id}>{run.info.run_id}</code>;
    default:
      return null;
  }
}

/** What a column shows of a run; empty where the run has no such thing. */
export function RunCell({ run, column }: { run: Run; column: Column }) {
  if (column.kind === "attributes") return <AttributeCell run={run} name={column.key} />;
  if (column.kind === "metrics") {
    const metric = dataOf(run).metrics.get(column.key);
    return metric && <MetricValue value={metric.value} tabIndex={-1} />;
  }
  const text = dataOf(run)[column.kind].get(column.key);
  return text !== undefined && <span title={text}>{text}</span>;
}
