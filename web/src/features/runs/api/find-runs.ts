import { queryOptions } from "@tanstack/react-query";

import { api } from "@/lib/api-client";
import type { Runs } from "@/types/wire";

import { runsKey } from "./run";

const AT_MOST = 12;

/** Text as a literal of the filter grammar. Quotes and wild cards in it are left out: they would change the meaning. */
function literal(text: string): string {
  return text.replaceAll(/['"%\\]/g, "");
}

/** Newest runs, of any of these experiments, whose name has `text` in it, or whose id starts so. */
export const findRunsQuery = (experimentIds: string[], text: string) =>
  queryOptions({
    queryKey: [...runsKey, "find", experimentIds, text],
    enabled: literal(text).length >= 2 && experimentIds.length > 0,
    queryFn: async ({ signal }) => {
      const wanted = literal(text);
      const field = /^[0-9a-f]{8,32}$/.test(wanted)
        ? `attributes.run_id LIKE '${wanted}%'`
        : `attributes.run_name ILIKE '%${wanted}%'`;
      const answer = await api.post<Runs>(
        "/runs/search",
        {
          experiment_ids: experimentIds,
          filter: field,
          max_results: AT_MOST,
          order_by: ["attributes.start_time DESC"],
        },
        signal,
      );
      return answer.runs ?? [];
    },
  });
