import { useCallback, useLayoutEffect, useMemo, useRef } from "react";

import type { RowSelection } from "@/tables/data-table";

interface Selection extends RowSelection {
  ids: readonly string[];
}

/** Which runs are selected, among rows in a given order. The ids are kept by the caller. */
export function useSelection(
  ids: readonly string[],
  onChange: (ids: readonly string[]) => void,
  rows: readonly string[],
): Selection {
  const chosen = useMemo(() => new Set(ids), [ids]);
  const touched = useRef<number>(undefined);
  const latest = useRef({ chosen, rows, onChange });
  useLayoutEffect(() => {
    latest.current = { chosen, rows, onChange };
  }, [chosen, rows, onChange]);

  const toggle = useCallback((runId: string, index: number, range: boolean) => {
    const { chosen: before, rows: order, onChange: tell } = latest.current;
    const next = new Set(before);
    const on = !before.has(runId);
    const from = range && touched.current !== undefined ? touched.current : index;
    for (const id of order.slice(Math.min(from, index), Math.max(from, index) + 1)) {
      if (on) next.add(id);
      else next.delete(id);
    }
    touched.current = index;
    tell([...next]);
  }, []);

  return {
    ids,
    size: chosen.size,
    has: (runId) => chosen.has(runId),
    toggle,
    setAll: onChange,
  };
}
