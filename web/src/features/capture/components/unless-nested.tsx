import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Hint } from "@/components/hint";
import type { Run } from "@/types/wire";

interface UnlessNestedProps {
  run: Run;
  /** The part of a run's page that is empty. */
  tab: "code" | "environment";
  children: ReactNode;
}

/** What stands where a run has no code or environment: one within another has those of the run around it. */
export function UnlessNested({ run, tab, children }: UnlessNestedProps) {
  const around = run.data.tags?.find((tag) => tag.key === "mlflow.parentRunId")?.value;
  if (!around) return children;
  return (
    <Hint title={`The ${tab} is that of the run around this one`}>
      A run that was started within another has no {tab} of its own.{" "}
      <Link
        to="/experiments/$experimentId/runs/$runId"
        params={{ experimentId: run.info.experiment_id, runId: around }}
        search={{ tab }}
      >
        Open that of its parent
      </Link>
    </Hint>
  );
}
