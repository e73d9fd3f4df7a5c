import { useQueries, type UseQueryResult } from "@tanstack/react-query";

import type { ModelVersion } from "@/types/wire";

import { runNamesQuery, versionsQuery } from "../api/models";
import type { ModelPage } from "../api/search-models";

const REFRESH_MS = 30_000;

/** What models hang together with: the runs that logged them, and the registered versions made of them. */
export interface ModelTies {
  runNames: ReadonlyMap<string, string>;
  versions: ReadonlyMap<string, readonly ModelVersion[]>;
  /** Why the versions are not known. */
  error: Error | null;
  retry: () => void;
}

function namesOf(results: readonly UseQueryResult<Map<string, string>>[]): Map<string, string> {
  return new Map(results.flatMap(({ data }) => [...(data ?? [])]));
}

function versionsOf(results: readonly UseQueryResult<ModelVersion[]>[]) {
  const versions = new Map<string, ModelVersion[]>();
  for (const version of results.flatMap(({ data }) => data ?? [])) {
    const id = version.model_id ?? "";
    versions.set(id, [...(versions.get(id) ?? []), version]);
  }
  return {
    versions,
    error: results.find((result) => result.isLoadingError)?.error ?? null,
    retry: () => {
      for (const result of results) if (result.isError) void result.refetch();
    },
  };
}

/** Asks for the ties of each page of models at once. */
export function useModelTies(experimentId: string, pages: readonly ModelPage[]): ModelTies {
  const runs = pages.map(({ models }) => [
    ...new Set(models.flatMap(({ info }) => info.source_run_id || [])),
  ]);
  const runNames = useQueries({
    queries: runs.map((ids) => runNamesQuery(experimentId, ids)),
    combine: namesOf,
  });
  const versions = useQueries({
    queries: pages.map(({ models }) => ({
      ...versionsQuery(models.map(({ info }) => info.model_id)),
      refetchInterval: REFRESH_MS,
    })),
    combine: versionsOf,
  });
  return { runNames, ...versions };
}
