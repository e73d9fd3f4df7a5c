import { useCallback, useLayoutEffect, useMemo, useRef } from "react";

import type { RowSelection } from "./data-table";

interface Selection extends RowSelection {
  ids: readonly string[];
}

/** Which rows are selected, among those in a given order. The ids are kept by the caller. */
export function useSelection(
  ids: readonly string[],
  onChange: (ids: readonly string[]) => void,
  rows: readonly string[],
): Selection {
  const chosen = useMemo(() => new Set(ids), [ids]);
  const touched = useRef<string>(undefined);
  const latest = useRef({ chosen, rows, onChange });
  useLayoutEffect(() => {
    latest.current = { chosen, rows, onChange };
  }, [chosen, rows, onChange]);

  const toggle = useCallback((id: string, index: number, range: boolean) => {
    const { chosen: before, rows: order, onChange: tell } = latest.current;
    const next = new Set(before);
    const on = !before.has(id);
    // By its id: the rows may have been sorted anew since.
    const last = range && touched.current !== undefined ? order.indexOf(touched.current) : -1;
    const from = last < 0 ? index : last;
    for (const each of order.slice(Math.min(from, index), Math.max(from, index) + 1)) {
      if (on) next.add(each);
      else next.delete(each);
    }
    touched.current = id;
    tell([...next]);
  }, []);

  return {
    ids,
    size: chosen.size,
    has: (id) => chosen.has(id),
    toggle,
    setAll: onChange,
  };
}
