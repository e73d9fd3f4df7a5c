import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api } from "@/lib/api-client";
import { eachOf } from "@/lib/each-of";

import { modelsKey } from "./models";

/** Deletes logged models; answers those that are gone, and the first failure if there was one. */
export function useDeleteModels() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (modelIds: readonly string[]) =>
      eachOf(modelIds, (id) => api.delete(`/logged-models/${encodeURIComponent(id)}`)),
    // The lists alone: a page of a deleted model that is still open would only fail to load it anew.
    onSettled: () => cache.invalidateQueries({ queryKey: [...modelsKey, "search"] }),
  });
}
