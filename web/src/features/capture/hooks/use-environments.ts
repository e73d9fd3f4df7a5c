import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Run } from "@/types/wire";

import { environmentsQuery } from "../api/captured-files";
import { environmentPairs } from "../environment";

/** Of more runs the environments are not asked for: each is a file of its own. */
export const MOST_ENVIRONMENTS = 30;

/** Name and value of what is known of each run's environment, once it is known. */
export function useEnvironments(runs: readonly Run[]) {
  const ids = useMemo(() => runs.map((run) => run.info.run_id), [runs]);
  const query = useQuery({
    ...environmentsQuery(ids),
    enabled: ids.length > 0 && ids.length <= MOST_ENVIRONMENTS,
  });
  const { data } = query;
  const environments = useMemo(() => data?.map(environmentPairs), [data]);
  return {
    environments,
    error: query.isLoadingError ? query.error : null,
    retry: () => void query.refetch(),
  };
}
