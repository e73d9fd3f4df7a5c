import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Experiment, Run } from "@/types/wire";

import { experimentsQuery, type Shelf } from "../api/experiments";
import { latestRunsQuery } from "../api/latest-runs";

export interface ExperimentSort {
  key: "name" | "activity" | "created";
  descending: boolean;
}

export interface ExperimentRow {
  experiment: Experiment;
  latestRun: Run | undefined;
  /** When it was changed, or a run of it started or ended, whichever is later. */
  activity: number;
}

const REFRESH_MS = 15_000;
const REFRESH_EMPTY_MS = 3_000;

function lastActivity(experiment: Experiment, run: Run | undefined): number {
  return Math.max(experiment.last_update_time, run?.info.start_time ?? 0, run?.info.end_time ?? 0);
}

function compare(a: ExperimentRow, b: ExperimentRow, sort: ExperimentSort): number {
  const turn = sort.descending ? -1 : 1;
  switch (sort.key) {
    case "name":
      return turn * a.experiment.name.localeCompare(b.experiment.name);
    case "created":
      return turn * (a.experiment.creation_time - b.experiment.creation_time);
    default:
      return turn * (a.activity - b.activity);
  }
}

/** The experiments of a shelf with what happened in them last, found by a part of the name, sorted.
 *
 * While nothing has been logged at all it is asked often, as someone waits for the first run. */
export function useExperimentRows(shelf: Shelf, search: string, sort: ExperimentSort) {
  const list = useQuery({
    ...experimentsQuery(shelf),
    refetchInterval: (query) => ((query.state.data?.length ?? 0) <= 1 ? REFRESH_EMPTY_MS : REFRESH_MS),
  });
  const ids = useMemo(() => idsOf(list.data), [list.data]);
  const latest = useQuery({
    ...latestRunsQuery(ids),
    refetchInterval: (query) => (query.state.data?.size === 0 ? REFRESH_EMPTY_MS : REFRESH_MS),
    placeholderData: (old) => old,
  });

  const rows = useMemo(() => {
    const needle = search.trim().toLocaleLowerCase();
    return (list.data ?? [])
      .filter((experiment) => experiment.name.toLocaleLowerCase().includes(needle))
      .map((experiment) => {
        const latestRun = latest.data?.get(experiment.experiment_id);
        return { experiment, latestRun, activity: lastActivity(experiment, latestRun) };
      })
      .sort((a, b) => compare(a, b, sort));
  }, [list.data, latest.data, search, sort]);

  return { list, rows };
}

/** The experiments in which something happened last, as far as the pages have asked for it: the latest runs are taken
 * from the cache, as no page shall wait for them only to sort a list at its edge. */
export function useRecentExperiments(most: number): Experiment[] {
  const list = useQuery(experimentsQuery("active")).data;
  const ids = useMemo(() => idsOf(list), [list]);
  const latest = useQuery({ ...latestRunsQuery(ids), enabled: false }).data;
  return useMemo(
    () =>
      (list ?? [])
        .map((experiment) => ({
          experiment,
          activity: lastActivity(experiment, latest?.get(experiment.experiment_id)),
        }))
        .sort((a, b) => b.activity - a.activity)
        .slice(0, most)
        .map(({ experiment }) => experiment),
    [list, latest, most],
  );
}

/** Ids in an order of their own, so that a new order of the list is no new question. */
function idsOf(list: readonly Experiment[] | undefined): string[] {
  return (list ?? []).map((experiment) => experiment.experiment_id).sort();
}
