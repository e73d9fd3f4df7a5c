import type { Run } from "@/types/wire";

interface MetricOfRuns {
  key: string;
  /** The runs that have it. */
  runs: Run[];
}

export interface MetricSection {
  /** The part of the names before the first slash; empty for names without one. */
  name: string;
  metrics: MetricOfRuns[];
}

const byName = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });

/** The section of what the client measures of the machine by itself. */
export const SYSTEM_SECTION = "system";

export function isSystemMetric(key: string): boolean {
  return key.startsWith(`${SYSTEM_SECTION}/`);
}

/** The metrics of these runs whose name has `search` in it, in sections by prefix; curves before single values. */
export function metricSections(runs: readonly Run[], search: string): MetricSection[] {
  const needle = search.trim().toLocaleLowerCase();
  const metrics = new Map<string, Run[]>();
  // What went on after step 0.
  const curves = new Set<string>();
  for (const run of runs) {
    for (const { key, step = 0 } of run.data.metrics ?? []) {
      if (!key.toLocaleLowerCase().includes(needle)) continue;
      if (step > 0) curves.add(key);
      const having = metrics.get(key);
      if (having) having.push(run);
      else metrics.set(key, [run]);
    }
  }
  const sections = new Map<string, MetricOfRuns[]>();
  const order = (a: string, b: string) => Number(curves.has(b)) - Number(curves.has(a)) || byName(a, b);
  for (const [key, having] of [...metrics].sort(([a], [b]) => order(a, b))) {
    const slash = key.indexOf("/");
    const name = slash > 0 ? key.slice(0, slash) : "";
    sections.set(name, [...(sections.get(name) ?? []), { key, runs: having }]);
  }
  return [...sections].sort(([a], [b]) => byName(a, b)).map(([name, list]) => ({ name, metrics: list }));
}
