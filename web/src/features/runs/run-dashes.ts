import { runColorIndex } from "@/lib/run-color";
import type { Run } from "@/types/wire";

/** For each run, how many before it have the same colour. There are more runs than colours: those after the first of a
 * colour are drawn dashed, and marked by a ring instead of a dot. */
export function runDashes(runs: readonly Run[]): ReadonlyMap<string, number> {
  const counts = new Map<number, number>();
  return new Map(
    runs.map(({ info }) => {
      const color = runColorIndex(info.run_id);
      const before = counts.get(color) ?? 0;
      counts.set(color, before + 1);
      return [info.run_id, before];
    }),
  );
}
