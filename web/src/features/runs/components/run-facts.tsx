import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { CopyText } from "@/components/copy-text";
import { Fact, Facts } from "@/components/facts";
import { StatusMark } from "@/components/status-mark";
import { TimeAgo } from "@/components/time-ago";
import type { Run } from "@/types/wire";

import { runQuery } from "../api/run";
import { dataOf } from "../columns";
import { RunDuration } from "./run-duration";

/** What is known about a run besides what it logged. */
export function RunFacts({ run }: { run: Run }) {
  const { info } = run;
  const { tags } = dataOf(run);
  const parent = tags.get("mlflow.parentRunId");
  const source = tags.get("mlflow.source.name");
  const commit = tags.get("mlflow.source.git.commit");
  const branch = tags.get("mlflow.source.git.branch");
  return (
    <Facts title="Details">
      <Fact name="State">
        <StatusMark status={info.status} words />
      </Fact>
      <Fact name="Started">
        <TimeAgo time={info.start_time} />
      </Fact>
      {info.end_time !== undefined && info.end_time > 0 && (
        <Fact name="Ended">
          <TimeAgo time={info.end_time} />
        </Fact>
      )}
      <Fact name="Duration">
        <RunDuration info={info} />
      </Fact>
      {info.user_id !== "" && <Fact name="User">{info.user_id}</Fact>}
      {parent !== undefined && (
        <Fact name="Parent">
          <ParentLink experimentId={info.experiment_id} runId={parent} />
        </Fact>
      )}
      {source !== undefined && (
        <Fact name="Source">
          <CopyText text={source} />
        </Fact>
      )}
      {commit !== undefined && (
        <Fact name="Commit">
          <CopyText text={commit} mono />
        </Fact>
      )}
      {branch !== undefined && (
        <Fact name="Branch">
          <CopyText text={branch} mono />
        </Fact>
      )}
      <Fact name="Run id">
        <CopyText text={info.run_id} mono />
      </Fact>
    </Facts>
  );
}

function ParentLink({ experimentId, runId }: { experimentId: string; runId: string }) {
  const parent = useQuery(runQuery(runId));
  return (
    <Link to="/experiments/$experimentId/runs/$runId" params={{ experimentId, runId }} title={runId}>
      {parent.data?.info.run_name || runId.slice(0, 8)}
    </Link>
  );
}
