import type { UseQueryResult } from "@tanstack/react-query";
import { lazy, Suspense } from "react";

import { ErrorNotice } from "@/components/error-notice";
import { Hint } from "@/components/hint";
import { Skeleton } from "@/components/skeleton";

import type { ModelFiles } from "../api/model-files";

const MarkdownText = lazy(async () => ({
  default: (await import("@/components/markdown-text")).MarkdownText,
}));

/** What is written about a model, in its `card.md`. */
export function ModelCard({ files }: { files: UseQueryResult<ModelFiles> }) {
  if (files.isPending) return <Skeleton width="60%" />;
  if (files.isError) {
    return (
      <ErrorNotice
        what="The card could not be loaded"
        error={files.error}
        onRetry={() => void files.refetch()}
      />
    );
  }
  const { card } = files.data;
  if (card === undefined || card.trim() === "") {
    return (
      <Hint title="This model has no card" page="The folder of a model">
        A file <code>card.md</code> among a model’s files is shown here. Runstone writes one with each model
        that it saves.
      </Hint>
    );
  }
  return (
    <Suspense fallback={<Skeleton width="60%" />}>
      <MarkdownText text={card} />
    </Suspense>
  );
}
