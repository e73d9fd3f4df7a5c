import { Hint } from "@/components/hint";

import styles from "./first-model.module.css";

/** What to do where no model has been logged yet: a snippet that works as it stands, with this server's address. */
export function FirstModel({ experiment }: { experiment: string }) {
  const code = [
    "import runstone",
    "from sklearn.linear_model import LinearRegression",
    "",
    `runstone.set_tracking_uri(${JSON.stringify(window.location.origin)})`,
    `runstone.set_experiment(${JSON.stringify(experiment)})`,
    "rows, targets = [[1.0], [2.0], [3.0]], [2.0, 4.0, 6.5]",
    "line = LinearRegression().fit(rows, targets)",
    "with runstone.start_run():",
    '    model = runstone.log_model(line, "line", input_example=rows)',
    "    r2 = line.score(rows, targets)",
    '    runstone.log_metric("r2", r2, model_id=model.model_id)',
  ].join("\n");
  return (
    <div className={styles["scroll"]}>
      <Hint title="No model has been logged in this experiment yet" code={code} page="Log and load models">
        A model is logged with its signature and its requirements, and keeps its own metrics. The calls of
        MLflow 3 do the same: <code>mlflow.sklearn.log_model(line, name="line")</code>.
      </Hint>
    </div>
  );
}
