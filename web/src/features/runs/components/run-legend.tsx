import { Link } from "@tanstack/react-router";

import { RunDot } from "@/components/run-dot";
import type { Run } from "@/types/wire";

import styles from "./run-legend.module.css";

interface RunLegendProps {
  runs: readonly Run[];
  dashes: ReadonlyMap<string, number>;
  /** How many runs are not drawn. */
  left: number;
}

/** Which colour is which run; a ring where the line is dashed, as another run has that colour already. */
export function RunLegend({ runs, dashes, left }: RunLegendProps) {
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
            <RunDot runId={info.run_id} hollow={(dashes.get(info.run_id) ?? 0) > 0} />
            {info.run_name || info.run_id.slice(0, 8)}
          </Link>
        </li>
      ))}
      {left > 0 && <li className={styles["left"]}>{left} more are not drawn</li>}
    </ul>
  );
}
