import { NameDialog } from "@/components/name-dialog";
import type { Run } from "@/types/wire";

import { useChangeRun } from "../api/change-run";

/** Asks for another name of a run. */
export function RenameRun({ run: { info }, onClose }: { run: Run; onClose: () => void }) {
  const change = useChangeRun();
  return (
    <NameDialog
      title="Rename run"
      label="Name of the run"
      action="Rename"
      name={info.run_name}
      maxLength={250}
      change={change}
      onClose={onClose}
      onName={(name) => change.mutate({ kind: "name", runId: info.run_id, name }, { onSuccess: onClose })}
    />
  );
}
