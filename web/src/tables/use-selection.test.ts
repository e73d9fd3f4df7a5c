// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";

import { useSelection } from "./use-selection";

const ROWS = ["a", "b", "c", "d"];

function selected() {
  return renderHook(
    ({ rows }) => {
      const [ids, setIds] = useState<readonly string[]>([]);
      return useSelection(ids, setIds, rows);
    },
    { initialProps: { rows: ROWS } },
  );
}

it("selects and unselects a row", () => {
  const { result } = selected();

  act(() => result.current.toggle("b", 1, false));
  expect(result.current.ids).toEqual(["b"]);
  act(() => result.current.toggle("b", 1, false));

  expect(result.current.size).toBe(0);
});

it("selects all rows from the one touched last", () => {
  const { result } = selected();

  act(() => result.current.toggle("d", 3, false));
  act(() => result.current.toggle("b", 1, true));

  expect([...result.current.ids].sort()).toEqual(["b", "c", "d"]);
});

it("begins at the row touched last also where it stands elsewhere by now", () => {
  const { result, rerender } = selected();

  act(() => result.current.toggle("a", 0, false));
  rerender({ rows: ["d", "c", "a", "b"] });
  act(() => result.current.toggle("b", 3, true));

  expect([...result.current.ids].sort()).toEqual(["a", "b"]);
});
