import { useQueries } from "@tanstack/react-query";
import { useState } from "react";

import { Skeleton } from "@/components/skeleton";
import styles from "@/components/tables.module.css";
import type { Run } from "@/types/wire";

import { modelQuery } from "../api/models";
import { ModelLink } from "./model-link";
import { ModelStatus } from "./model-status";

/** A training may keep a model at each step; each row is a question to the server. */
const SHOWN_AT_FIRST = 10;

/** The models that a run made, the last first. Nothing where it made none. */
export function RunModels({ run }: { run: Run }) {
  const [most, setMost] = useState(SHOWN_AT_FIRST);
  const outputs = (run.outputs?.model_outputs ?? []).toReversed();
  const shown = outputs.slice(0, most);
  const models = useQueries({ queries: shown.map((output) => modelQuery(output.model_id)) });
  if (outputs.length === 0) return null;
  return (
    <section className={styles["section"]} aria-label="Models">
      <h2 className={styles["title"]}>
        Models <span className={styles["quiet"]}>{outputs.length}</span>
      </h2>
      <table className={styles["table"]}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Status</th>
            <th scope="col" className={styles["number"]}>
              Step
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ model_id: id, step }, at) => {
            const { data, error } = models[at] ?? {};
            return (
              <tr key={id}>
                <td>
                  <ModelLink
                    experimentId={data?.info.experiment_id ?? run.info.experiment_id}
                    modelId={id}
                    name={data?.info.name ?? ""}
                  />
                </td>
                <td className={styles["long"]} title={error?.message}>
                  {data ? (
                    <ModelStatus status={data.info.status} />
                  ) : (
                    (error?.message ?? <Skeleton width={48} />)
                  )}
                </td>
                <td className={styles["number"]}>{step ?? 0}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {outputs.length > most && (
        <button type="button" className={styles["all"]} onClick={() => setMost(Infinity)}>
          Show all {outputs.length}
        </button>
      )}
    </section>
  );
}
