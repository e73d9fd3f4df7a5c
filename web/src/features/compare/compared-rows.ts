/** Several runs side by side: what each of them has of each param, metric and tag. */
import { toNumber } from "@/lib/format";
import type { Run } from "@/types/wire";

export interface ComparedRow {
  key: string;
  /** One value a run, in the order of the runs; `undefined` where a run has none. */
  values: (string | number | undefined)[];
  /** Whether not all runs have the same. */
  differs: boolean;
}

export interface ComparedSection {
  title: string;
  rows: ComparedRow[];
}

export type Pairs = readonly { key: string; value?: string | number | undefined }[];

function rowsOf(lists: readonly Pairs[]): ComparedRow[] {
  const maps = lists.map((list) => new Map(list.map((pair) => [pair.key, pair.value ?? ""])));
  const keys = new Set(lists.flatMap((list) => list.map((pair) => pair.key)));
  return [...keys]
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((key) => {
      const values = maps.map((map) => map.get(key));
      return { key, values, differs: values.some((value) => !Object.is(value, values[0])) };
    });
}

/**
 * Params first, as they are the causes; then metrics, tags of people, and the environments.
 *
 * @param environments - What is known of each run's environment, in the order of the runs; nothing for a run without.
 */
export function comparedSections(
  runs: readonly Run[],
  environments: readonly Pairs[] = [],
): ComparedSection[] {
  const isOwn = (key: string) => !key.startsWith("mlflow.") && !key.startsWith("runstone.");
  return [
    { title: "Params", rows: rowsOf(runs.map((run) => run.data.params ?? [])) },
    {
      title: "Metrics",
      rows: rowsOf(
        runs.map((run) =>
          (run.data.metrics ?? []).map((metric) => ({ key: metric.key, value: toNumber(metric.value) })),
        ),
      ),
    },
    {
      title: "Tags",
      rows: rowsOf(runs.map((run) => (run.data.tags ?? []).filter((tag) => isOwn(tag.key)))),
    },
    { title: "Environment", rows: rowsOf(environments) },
  ].filter((section) => section.rows.length > 0);
}
