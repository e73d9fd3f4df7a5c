import { infiniteQueryOptions } from "@tanstack/react-query";

import { api } from "@/lib/api-client";
import type { LoggedModel, LoggedModels, ModelOrder } from "@/types/wire";

import { modelsKey } from "./models";

export interface ModelSearch {
  experimentId: string;
  filter: string;
  orderBy: ModelOrder[];
}

export interface ModelPage {
  models: LoggedModel[];
  nextToken: string | undefined;
}

/** Also the number of models whose versions and runs are asked for at once: their ids stand in an address. */
const PAGE = 100;

/** The logged models of an experiment that match, a page at a time. */
export const searchModelsQuery = (search: ModelSearch) =>
  infiniteQueryOptions({
    queryKey: [...modelsKey, "search", search],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: ModelPage) => last.nextToken,
    queryFn: async ({ pageParam, signal }): Promise<ModelPage> => {
      const answer = await api.post<LoggedModels>(
        "/logged-models/search",
        {
          experiment_ids: [search.experimentId],
          filter: search.filter,
          order_by: search.orderBy,
          max_results: PAGE,
          ...(pageParam === undefined ? {} : { page_token: pageParam }),
        },
        signal,
      );
      const models = answer.models ?? [];
      // A token without models would ask for ever.
      return { models, nextToken: (models.length > 0 && answer.next_page_token) || undefined };
    },
  });
