import { Link } from "@tanstack/react-router";

import { RunDot } from "@/components/run-dot";
import type { Run } from "@/types/wire";

import styles from "./run-legend.module.css";

/** Which colour is which run. */
export function RunLegend({ runs, left }: { runs: readonly Run[]; left: number }) {
  return (
    <ul className={styles["legend"]} aria-label="Runs drawn" tabIndex={0}>
      {runs.map(({ info }) => (
        <li key={info.run_id}>
          <Link
            to="/experiments/$experimentId/runs/$runId"
            params={{ experimentId: info.experiment_id, runId: info.run_id }}
            className={styles["run"]}
            preload={false}
          >
            <RunDot runId={info.run_id} />
            {info.run_name || info.run_id.slice(0, 8)}
          </Link>
        </li>
      ))}
      {left > 0 && <li className={styles["left"]}>{left} more are not drawn</li>}
    </ul>
  );
}
