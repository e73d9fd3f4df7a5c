import { IntervalList } from "@/charts/interval-list";

import type { Evaluation } from "../evaluation";
import { ChartCard, ChartGrid } from "./chart-grid";
import styles from "./tables.module.css";

/** How much the model looks at each feature. */
export function ImportanceSection({ importance }: { importance: NonNullable<Evaluation["importance"]> }) {
  const { metric, repeats, leftOut, features } = importance;
  return (
    <ChartGrid label="Importance">
      <ChartCard title="Importance of the features">
        <p className={styles["lead"]}>
          Loss of {metric} when the values of a feature are shuffled: mean, smallest and largest of {repeats}{" "}
          times.
        </p>
        <IntervalList
          label="Importance of the features"
          bars
          intervals={features.map((each) => ({ ...each, id: each.name, label: each.name, color: "--run-0" }))}
        />
        {leftOut > 0 && <p className={styles["quiet"]}>{leftOut} less important features are not listed.</p>}
      </ChartCard>
    </ChartGrid>
  );
}
