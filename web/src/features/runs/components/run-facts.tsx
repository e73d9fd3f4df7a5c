import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { StatusMark } from "@/components/status-mark";
import { TimeAgo } from "@/components/time-ago";
import type { Run } from "@/types/wire";

import { dataOf } from "../columns";
import { CopyText } from "./copy-text";
import { RunDuration } from "./run-duration";
import styles from "./run-facts.module.css";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles["fact"]}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What is known about a run besides what it logged. */
export function RunFacts({ run }: { run: Run }) {
  const { info } = run;
  const { tags } = dataOf(run);
  const parent = tags.get("mlflow.parentRunId");
  const source = tags.get("mlflow.source.name");
  const commit = tags.get("mlflow.source.git.commit");
  const branch = tags.get("mlflow.source.git.branch");
  return (
    <section aria-label="Details">
      <h2 className={styles["title"]}>Details</h2>
      <dl>
        <Fact name="State">
          <StatusMark status={info.status} words />
        </Fact>
        <Fact name="Started">
          <TimeAgo time={info.start_time} />
        </Fact>
        <Fact name="Duration">
          <RunDuration info={info} />
        </Fact>
        {info.user_id !== "" && <Fact name="User">{info.user_id}</Fact>}
        {parent !== undefined && (
          <Fact name="Parent">
            <Link
              to="/experiments/$experimentId/runs/$runId"
              params={{ experimentId: info.experiment_id, runId: parent }}
            >
              {parent.slice(0, 8)}
            </Link>
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
      </dl>
    </section>
  );
}
