import { useMemo } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { TableSkeleton } from "@/components/table-skeleton";
import { TimeAgo } from "@/components/time-ago";
import { CompareTable } from "@/features/compare/components/compare-table";
import { comparedModel } from "@/features/models/compared-model";
import { ModelLink } from "@/features/models/components/model-link";
import { useModelsById } from "@/features/models/hooks/use-models-by-id";

/** Several logged models side by side. */
export function ComparedModels({ ids, showAll }: { ids: readonly string[]; showAll: boolean }) {
  const { found, isPending, error, retry } = useModelsById(ids);
  const subjects = useMemo(
    () =>
      found.map((model) => ({
        ...comparedModel(model),
        id: model.info.model_id,
        name: (
          <ModelLink
            experimentId={model.info.experiment_id}
            modelId={model.info.model_id}
            name={model.info.name}
          />
        ),
        about: (
          <>
            <code>{model.info.model_id.slice(0, 10)}</code>
            <TimeAgo time={model.info.creation_timestamp_ms} />
          </>
        ),
      })),
    [found],
  );
  return (
    <>
      {error && <ErrorNotice what="Some of the models could not be loaded" error={error} onRetry={retry} />}
      {isPending && <TableSkeleton rows={10} />}
      {!isPending && subjects.length > 0 && <CompareTable subjects={subjects} showAll={showAll} />}
    </>
  );
}
