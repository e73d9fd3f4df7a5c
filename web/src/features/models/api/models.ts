import { queryOptions } from "@tanstack/react-query";

import { api } from "@/lib/api-client";
import type { LoggedModel, ModelVersions, OneLoggedModel } from "@/types/wire";

export const modelsKey = ["models"] as const;

/** One logged model with its params, metrics and tags. */
export const modelQuery = (modelId: string) =>
  queryOptions({
    queryKey: [...modelsKey, "one", modelId],
    queryFn: async ({ signal }) =>
      (await api.get<OneLoggedModel>(`/logged-models/${encodeURIComponent(modelId)}`, {}, signal)).model,
  });

/** The registered versions that were made of a model. They are found by its run, which the search knows. */
export const versionsQuery = ({ info }: LoggedModel) =>
  queryOptions({
    queryKey: [...modelsKey, "versions", info.model_id],
    enabled: /^\w+$/.test(info.source_run_id ?? ""),
    queryFn: async ({ signal }) => {
      const filter = `run_id = '${info.source_run_id ?? ""}'`;
      const answer = await api.get<ModelVersions>(
        "/model-versions/search",
        { filter, max_results: 1000 },
        signal,
      );
      const source = `models:/${info.model_id}`;
      return (answer.model_versions ?? []).filter(
        (version) => version.model_id === info.model_id || version.source === source,
      );
    },
  });
