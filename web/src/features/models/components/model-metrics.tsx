import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { MetricValue } from "@/components/metric-value";
import styles from "@/components/tables.module.css";
import type { LoggedModel } from "@/types/wire";

import { runNamesQuery } from "../api/models";
import { latestMetrics } from "../latest-metrics";

/** A model may be measured by a run each day; so many of them are asked for their names. */
const MOST_NAMED = 100;

/** The last values of a model's metrics, with what they were measured on and by which run. */
export function ModelMetrics({ model }: { model: LoggedModel }) {
  const metrics = latestMetrics(model.data?.metrics ?? []);
  const runs = [...new Set(metrics.flatMap(({ run_id: run }) => run || []))].slice(0, MOST_NAMED);
  const names = useQuery(runNamesQuery(model.info.experiment_id, runs));
  return (
    <section className={styles["section"]} aria-label="Metrics">
      <h2 className={styles["title"]}>Metrics</h2>
      {metrics.length === 0 ? (
        <p className={styles["nothing"]}>No metric has been logged for this model.</p>
      ) : (
        <div className={styles["box"]} tabIndex={0} role="region" aria-label="Table of metrics">
          <table className={styles["table"]}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col" className={styles["number"]}>
                  Value
                </th>
                <th scope="col" className={styles["number"]}>
                  Step
                </th>
                <th scope="col">Dataset</th>
                <th scope="col">Run</th>
              </tr>
            </thead>
            <tbody>
              {metrics.map(
                ({ key, value, step, dataset_name: dataset, dataset_digest: digest, run_id: run }) => (
                  <tr key={JSON.stringify([key, dataset, digest, run])}>
                    <th scope="row">{key}</th>
                    <td className={styles["number"]}>
                      <MetricValue value={value} />
                    </td>
                    <td className={styles["number"]}>{step}</td>
                    <td className={styles["long"]} title={digest}>
                      {dataset}{" "}
                      {digest !== undefined && <span className={styles["quiet"]}>{digest.slice(0, 8)}</span>}
                    </td>
                    <td>
                      {run !== undefined && run !== "" && (
                        <Link
                          to="/experiments/$experimentId/runs/$runId"
                          params={{ experimentId: model.info.experiment_id, runId: run }}
                          title={run}
                        >
                          {names.data?.get(run) ?? run.slice(0, 8)}
                        </Link>
                      )}
                    </td>
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
