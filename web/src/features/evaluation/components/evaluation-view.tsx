import type { ReactNode } from "react";

import { CopyText } from "@/components/copy-text";
import { Fact, Facts } from "@/components/facts";

import type { Evaluation } from "../evaluation";
import { ChecksTable } from "./checks-table";
import { ClassifierCharts } from "./classifier-charts";
import { ComparisonSection } from "./comparison-section";
import styles from "./evaluation-view.module.css";
import { ImportanceSection } from "./importance-section";
import { MeasuresTable } from "./measures-table";
import { NumberCharts } from "./number-charts";
import { SlicesTable } from "./slices-table";

export interface EvaluationViewProps {
  evaluation: Evaluation;
  /** The way to a logged model, by its id. */
  modelLink: (modelId: string) => ReactNode;
}

/** One evaluation, from the metrics down to the slices. */
export function EvaluationView({ evaluation, modelLink }: EvaluationViewProps) {
  return (
    <div className={styles["evaluation"]}>
      <div className={styles["pair"]}>
        <div className={styles["stack"]}>
          <AboutFacts evaluation={evaluation} modelLink={modelLink} />
          {evaluation.notes.length > 0 && (
            <ul className={styles["notes"]} aria-label="Notes">
              {evaluation.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
          {evaluation.checks.length > 0 && <ChecksTable checks={evaluation.checks} />}
        </div>
        <MeasuresTable measures={evaluation.metrics} intervals={evaluation.intervals} />
      </div>
      {evaluation.comparison && <ComparisonSection comparison={evaluation.comparison} />}
      <ClassifierCharts evaluation={evaluation} />
      <NumberCharts evaluation={evaluation} />
      <ImportanceSection importance={evaluation.importance} shap={evaluation.shap} />
      {evaluation.slices.length > 0 && (
        <SlicesTable
          title="Slices"
          rows={evaluation.slices.map((slice) => ({ ...slice, group: slice.by }))}
          whole={evaluation.metrics}
        />
      )}
      {evaluation.classes.length > 0 && (
        <SlicesTable
          title="Labels"
          rows={evaluation.classes.map((each) => ({ ...each, examples: undefined, group: "" }))}
          whole={[]}
        />
      )}
    </div>
  );
}

function AboutFacts({ evaluation, modelLink }: EvaluationViewProps) {
  const { modelType, model, modelId, dataset, examples, positive } = evaluation;
  return (
    <Facts title="Evaluated">
      {model !== undefined && (
        <Fact name="Model">
          <CopyText text={model} />
        </Fact>
      )}
      {modelId !== undefined && <Fact name="Logged as">{modelLink(modelId)}</Fact>}
      {modelType !== "" && <Fact name="Type">{modelType}</Fact>}
      {positive !== undefined && <Fact name="Positive label">{positive}</Fact>}
      <Fact name="Examples">{examples.toLocaleString("en-US")}</Fact>
      {dataset && (
        <Fact name="Data">
          <CopyText text={`${dataset.name} ${dataset.digest}`} />
        </Fact>
      )}
    </Facts>
  );
}
