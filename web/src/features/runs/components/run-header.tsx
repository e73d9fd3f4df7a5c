import { useState } from "react";

import { Button } from "@/components/button";
import { Menu, MenuItem, MenuLine } from "@/components/menu";
import { PageHeader } from "@/components/page-header";
import { RunDot } from "@/components/run-dot";
import { StatusMark } from "@/components/status-mark";
import { TimeAgo } from "@/components/time-ago";
import { useCopy } from "@/components/use-copy";
import type { Run } from "@/types/wire";

import { useTrashRuns } from "../hooks/use-trash-runs";
import { endOf } from "../run-end";
import { RenameRun } from "./rename-run";
import { RunDuration } from "./run-duration";
import { RunEndNotice } from "./run-end-notice";
import styles from "./run-header.module.css";

/** Name and state of a run, and what can be done with it. */
export function RunHeader({ run }: { run: Run }) {
  const { info } = run;
  const [isRenaming, setRenaming] = useState(false);
  const { move } = useTrashRuns();
  const copy = useCopy();
  const end = endOf(run);
  const isDeleted = info.lifecycle_stage === "deleted";
  return (
    <>
      <PageHeader
        title={
          <>
            <RunDot runId={info.run_id} />
            {info.run_name || info.run_id.slice(0, 8)}
          </>
        }
        about={
          <>
            <StatusMark status={info.status} words />
            <span>
              Started <TimeAgo time={info.start_time} />
            </span>
            <RunDuration info={info} />
            {isDeleted && <span className={styles["deleted"]}>In the trash</span>}
          </>
        }
        actions={
          <Menu align="end" trigger={<Button icon="more" aria-label="Actions" />}>
            <MenuItem icon="edit" disabled={isDeleted} onSelect={() => setRenaming(true)}>
              Rename
            </MenuItem>
            <MenuItem icon="copy" onSelect={() => copy(info.run_id)}>
              Copy the run id
            </MenuItem>
            <MenuLine />
            {isDeleted ? (
              <MenuItem icon="undo" onSelect={() => void move([info.run_id], "restore")}>
                Restore
              </MenuItem>
            ) : (
              <MenuItem icon="trash" danger onSelect={() => void move([info.run_id], "delete")}>
                Move to trash
              </MenuItem>
            )}
          </Menu>
        }
      />
      {end && <RunEndNotice end={end} run={run} />}
      {isRenaming && <RenameRun run={run} onClose={() => setRenaming(false)} />}
    </>
  );
}
