import type { UseQueryResult } from "@tanstack/react-query";
import { lazy, Suspense } from "react";

import { Hint } from "@/components/hint";
import { Loaded } from "@/components/loaded";
import { Skeleton } from "@/components/skeleton";

import type { ModelFiles } from "../api/model-files";

const MarkdownText = lazy(async () => ({
  default: (await import("@/components/markdown-text")).MarkdownText,
}));

/** What is written about a model, in its `card.md`. */
export function ModelCard({ files }: { files: UseQueryResult<ModelFiles> }) {
  return (
    <Loaded query={files} what="The card could not be loaded" waiting={<Skeleton width="60%" />}>
      {({ card }) =>
        card === undefined || card.trim() === "" ? (
          <Hint title="This model has no card" page="The folder of a model">
            A file <code>card.md</code> among a model’s files is shown here. Runstone writes one with each
            model that it saves.
          </Hint>
        ) : (
          <Suspense fallback={<Skeleton width="60%" />}>
            <MarkdownText text={card} />
          </Suspense>
        )
      }
    </Loaded>
  );
}
