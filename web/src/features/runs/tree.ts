/** Nested runs: a child names its parent by a tag. */
import type { Run } from "@/types/wire";

import { dataOf } from "./columns";

export interface RunNode {
  run: Run;
  depth: number;
  /** Number of runs directly below it, as far as they are here. */
  children: number;
}

const PARENT_TAG = "mlflow.parentRunId";

export function flat(runs: readonly Run[]): RunNode[] {
  return runs.map((run) => ({ run, depth: 0, children: 0 }));
}

/** The runs as a tree, written out row by row; what is below a folded run is left out.
 *
 * A run whose parent is not among `runs` stands at the top, and so does one of a ring of parents. */
export function treeOf(runs: readonly Run[], folded: ReadonlySet<string>): RunNode[] {
  const ids = new Set(runs.map((run) => run.info.run_id));
  const below = new Map<string, Run[]>();
  const tops: Run[] = [];
  for (const run of runs) {
    const parent = dataOf(run).tags.get(PARENT_TAG);
    if (parent === undefined || !ids.has(parent)) tops.push(run);
    else below.set(parent, [...(below.get(parent) ?? []), run]);
  }
  const rows: RunNode[] = [];
  const seen = new Set<string>();
  const write = (run: Run, depth: number) => {
    const id = run.info.run_id;
    if (seen.has(id)) return;
    seen.add(id);
    const children = below.get(id) ?? [];
    rows.push({ run, depth, children: children.length });
    if (folded.has(id)) markSeen(children);
    else for (const child of children) write(child, depth + 1);
  };
  const markSeen = (list: readonly Run[]) => {
    for (const run of list) {
      if (seen.has(run.info.run_id)) continue;
      seen.add(run.info.run_id);
      markSeen(below.get(run.info.run_id) ?? []);
    }
  };
  for (const run of tops) write(run, 0);
  for (const run of runs) write(run, 0);
  return rows;
}
