import { Link, useLocation, useParams } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";

import { Icon } from "@/components/icon";
import { experimentQuery } from "@/features/experiments/api/experiments";
import { modelQuery } from "@/features/models/api/models";
import { runQuery } from "@/features/runs/api/run";

import styles from "./top-bar.module.css";

/** Where am I, and the way to anywhere else. */
export function TopBar({ onSearch }: { onSearch: () => void }) {
  const { experimentId, runId, modelId } = useParams({ strict: false });
  const isCompare = useLocation({ select: (location) => location.pathname === "/compare" });
  const experiment = useQuery({
    ...experimentQuery(experimentId ?? ""),
    enabled: experimentId !== undefined,
  });
  return (
    <header className={styles["bar"]}>
      <nav aria-label="Breadcrumb" className={styles["crumbs"]}>
        <Link to="/" className={styles["crumb"]}>
          Experiments
        </Link>
        {experimentId !== undefined && (
          <>
            <Icon name="right" size={12} />
            <Link
              to="/experiments/$experimentId"
              params={{ experimentId }}
              // From a model back to the models.
              search={modelId === undefined ? {} : { view: "models" }}
              className={styles["crumb"]}
            >
              {experiment.data?.name ?? experimentId}
            </Link>
          </>
        )}
        {isCompare && <Here name="Compare" />}
        {runId !== undefined && <RunHere runId={runId} />}
        {modelId !== undefined && <ModelHere modelId={modelId} />}
      </nav>
      <button type="button" className={styles["search"]} onClick={onSearch}>
        <Icon name="search" />
        <span className={styles["words"]}>Go to…</span>
        <kbd className={styles["key"]}>Ctrl K</kbd>
      </button>
    </header>
  );
}

/** The last step of the way: the page that is open. */
function Here({ name }: { name: string }) {
  return (
    <>
      <Icon name="right" size={12} />
      <span className={styles["crumb"]} aria-current="page">
        {name}
      </span>
    </>
  );
}

function RunHere({ runId }: { runId: string }) {
  const run = useQuery(runQuery(runId));
  return <Here name={run.data?.info.run_name ?? runId.slice(0, 8)} />;
}

function ModelHere({ modelId }: { modelId: string }) {
  const model = useQuery(modelQuery(modelId));
  return <Here name={model.data?.info.name ?? modelId.slice(0, 10)} />;
}
