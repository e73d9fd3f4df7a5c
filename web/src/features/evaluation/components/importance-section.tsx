import styles from "@/components/tables.module.css";
import { IntervalList } from "@/charts/interval-list";
import { RUN_COLORS } from "@/lib/run-color";

import type { Evaluation } from "../evaluation";
import type { Importance, Shap } from "../importance";
import { ChartCard, ChartGrid } from "./chart-grid";

/** How much the model looks at each feature: what shuffling it costs, and how much it moves what the model says. */
export function ImportanceSection({ importance, shap }: Pick<Evaluation, "importance" | "shap">) {
  if (!importance && !shap) return null;
  return (
    <ChartGrid label="Importance">
      {importance && <PermutationCard importance={importance} />}
      {shap && <ShapCard shap={shap} />}
    </ChartGrid>
  );
}

function PermutationCard({ importance }: { importance: Importance }) {
  const { metric, repeats, leftOut, features } = importance;
  return (
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
      <LeftOut count={leftOut} />
    </ChartCard>
  );
}

/** The units that SHAP values have, as people say them. */
const UNITS: Record<string, string> = {
  log_odds: "log-odds",
  log_prediction: "the logarithm of the prediction",
  prediction: "the prediction",
  probability: "the probability",
};

function ShapCard({ shap }: { shap: Shap }) {
  const { unit, examples, labels, leftOut, features } = shap;
  const isSplit = labels.length > 0 && labels.length <= RUN_COLORS;
  const colored = isSplit ? labels.map((label, at) => ({ label, color: `--run-${at}` })) : [];
  return (
    <ChartCard title="SHAP values of the features" legend={colored}>
      <p className={styles["lead"]}>
        How much a feature moves {UNITS[unit] ?? unit}, up or down: mean of {examples.toLocaleString("en-US")}{" "}
        examples{labels.length > 0 && ", summed over the labels"}.
      </p>
      <IntervalList
        label="SHAP values of the features"
        bars
        intervals={features.map(({ name, value, byLabel }) => ({
          id: name,
          label: name,
          value,
          color: "--run-0",
          parts: isSplit ? colored.map(({ color }, at) => ({ color, value: byLabel[at] ?? 0 })) : undefined,
        }))}
      />
      <LeftOut count={leftOut} />
    </ChartCard>
  );
}

function LeftOut({ count }: { count: number }) {
  return count > 0 && <p className={styles["quiet"]}>{count} less important features are not listed.</p>;
}
