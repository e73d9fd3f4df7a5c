import { queryOptions } from "@tanstack/react-query";

import { api } from "@/lib/api-client";
import type { ModelVersion, ModelVersions, OneLoggedModel, Runs } from "@/types/wire";

export const modelsKey = ["models"] as const;

/** One logged model with its params, metrics and tags. */
export const modelQuery = (modelId: string) =>
  queryOptions({
    queryKey: [...modelsKey, "one", modelId],
    queryFn: async ({ signal }) =>
      (await api.get<OneLoggedModel>(`/logged-models/${encodeURIComponent(modelId)}`, {}, signal)).model,
  });

/** A list of ids in the grammar of filters. Ids have no quotes in them; what has is none, and is found by nothing. */
const listOf = (ids: readonly string[]) => ids.map((id) => `'${id.replaceAll("'", "''")}'`).join(", ");

/** The registered versions that were made of these models, all of them. */
export const versionsQuery = (modelIds: readonly string[]) =>
  queryOptions({
    queryKey: [...modelsKey, "versions", modelIds],
    enabled: modelIds.length > 0,
    queryFn: async ({ signal }) => {
      const versions: ModelVersion[] = [];
      let token: string | undefined;
      do {
        const answer = await api.get<ModelVersions>(
          "/model-versions/search",
          { filter: `model_id IN (${listOf(modelIds)})`, max_results: 1000, page_token: token },
          signal,
        );
        versions.push(...(answer.model_versions ?? []));
        token = answer.next_page_token || undefined;
      } while (token !== undefined);
      return versions;
    },
  });

/** The names of runs of an experiment by their ids, of those in the trash too. */
export const runNamesQuery = (experimentId: string, runIds: readonly string[]) =>
  queryOptions({
    queryKey: [...modelsKey, "runs", experimentId, runIds],
    enabled: runIds.length > 0,
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const answer = await api.post<Runs>(
        "/runs/search",
        {
          experiment_ids: [experimentId],
          filter: `run_id IN (${listOf(runIds)})`,
          run_view_type: "ALL",
          max_results: runIds.length,
        },
        signal,
      );
      return new Map((answer.runs ?? []).map(({ info }) => [info.run_id, info.run_name]));
    },
  });
