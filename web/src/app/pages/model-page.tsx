import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";

import { ErrorNotice } from "@/components/error-notice";
import { Skeleton } from "@/components/skeleton";
import { TableSkeleton } from "@/components/table-skeleton";
import { TabPart, Tabs } from "@/components/tabs";
import { ArtifactBrowser } from "@/features/artifacts/components/artifact-browser";
import { experimentQuery } from "@/features/experiments/api/experiments";
import { modelFilesQuery } from "@/features/models/api/model-files";
import { modelQuery } from "@/features/models/api/models";
import { ModelCard } from "@/features/models/components/model-card";
import { ModelHeader } from "@/features/models/components/model-header";
import { ModelOverview } from "@/features/models/components/model-overview";
import type { LoggedModel } from "@/types/wire";

import styles from "./run-page.module.css";
import type { ModelSearch } from "../searches";
import { useTitle } from "../use-title";

const FROM = "/experiments/$experimentId/models/$modelId";

const TABS = [
  { value: "overview", label: "Overview" },
  { value: "card", label: "Card" },
  { value: "artifacts", label: "Files" },
] as const;

/** One logged model: what it takes and gives, how good it is, its files. */
export function ModelPage() {
  const { experimentId, modelId } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: FROM });
  const model = useQuery(modelQuery(modelId));
  useTitle(model.data?.info.name);
  const leave = () =>
    void navigate({
      to: "/experiments/$experimentId",
      params: { experimentId },
      search: { view: "models" },
      replace: true,
    });
  const tab = search.tab ?? "overview";

  if (model.isLoadingError) {
    return (
      <div className={styles["page"]}>
        <ErrorNotice
          what="The model could not be loaded"
          error={model.error}
          onRetry={() => void model.refetch()}
        />
      </div>
    );
  }
  return (
    // What was typed or opened on one page shall not stand on the next.
    <div key={modelId} className={styles["page"]}>
      {model.data ? (
        <ModelHeader model={model.data} onDeleted={leave} />
      ) : (
        <Skeleton width={240} height={20} />
      )}
      <Tabs
        label="Parts of the model"
        value={tab}
        tabs={TABS}
        onChange={(next) =>
          void navigate({
            search: (old) => ({ ...old, tab: next === "overview" ? undefined : next }),
            replace: true,
          })
        }
      />
      <TabPart value={tab} className={styles["body"]}>
        {model.data ? (
          <ModelPart
            model={model.data}
            search={search}
            // Each file that was looked at is a step back.
            onPath={(path) => void navigate({ search: (old) => ({ ...old, path }) })}
          />
        ) : (
          <TableSkeleton rows={8} />
        )}
      </TabPart>
    </div>
  );
}

interface ModelPartProps {
  model: LoggedModel;
  search: ModelSearch;
  onPath: (path: string) => void;
}

/** The part of a model that its address names. */
function ModelPart({ model, search, onPath }: ModelPartProps) {
  const { model_id: id, experiment_id: experimentId } = model.info;
  const files = useQuery(modelFilesQuery(id));
  const experiment = useQuery(experimentQuery(experimentId));
  switch (search.tab) {
    case "card":
      return <ModelCard files={files} />;
    case "artifacts":
      return (
        <ArtifactBrowser
          owner={{ kind: "model", id }}
          isLive={model.info.status === "LOGGED_MODEL_PENDING"}
          path={search.path ?? (files.data?.isModel ? "MLmodel" : undefined)}
          onPath={onPath}
        />
      );
    default:
      return <ModelOverview model={model} files={files} experiment={experiment.data?.name} />;
  }
}
