import { CodeBlock } from "@/components/code-block";
import { Mark } from "@/components/mark";

import styles from "./first-steps.module.css";

interface FirstStepsProps {
  title: string;
  /** Name that the snippet logs to. */
  experiment: string;
}

/** What to do where nothing has been logged yet: a snippet that works as it stands, with this server's address. */
export function FirstSteps({ title, experiment }: FirstStepsProps) {
  const address = window.location.origin;
  const code = [
    "import runstone",
    "",
    `runstone.set_tracking_uri(${JSON.stringify(address)})`,
    `runstone.set_experiment(${JSON.stringify(experiment)})`,
    `with runstone.start_run():`,
    `    runstone.log_metric("loss", 0.25)`,
  ].join("\n");
  const shell = `export MLFLOW_TRACKING_URI=${address}`;
  return (
    <section className={styles["steps"]}>
      <span className={styles["mark"]}>
        <Mark size={40} />
      </span>
      <h2 className={styles["title"]}>{title}</h2>
      <p className={styles["words"]}>Log a first value from Python. It appears here by itself.</p>
      <CodeBlock code={code} label="Log a first run" />
      <p className={styles["words"]}>
        A script that logs with MLflow already needs no change, only this server’s address:
      </p>
      <CodeBlock code={shell} label="Point MLflow here" />
    </section>
  );
}
