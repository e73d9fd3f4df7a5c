import { useCallback, useMemo, useState } from "react";

import type { Run } from "@/types/wire";

import { flat, treeOf, type RunNode } from "../tree";

/** The rows of the table: the runs as they come, or nested below their parents. */
export function useShownNodes(runs: readonly Run[], isTree: boolean) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const nodes = useMemo<RunNode[]>(
    () => (isTree ? treeOf(runs, folded) : flat(runs)),
    [runs, isTree, folded],
  );
  const fold = useCallback((runId: string) => {
    setFolded((before) => {
      const next = new Set(before);
      if (!next.delete(runId)) next.add(runId);
      return next;
    });
  }, []);
  return { nodes, folded, fold };
}
