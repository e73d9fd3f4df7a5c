import { expect, it } from "vitest";

import { movedColumn } from "./moved-column";

const ORDER = ["name", "a", "b", "c"];

it("swaps a column with the one beside it", () => {
  expect(movedColumn(ORDER, [], "b", -1)).toEqual({ columns: ["b", "a", "c"] });
  expect(movedColumn(ORDER, [], "b", 1)).toEqual({ columns: ["a", "c", "b"] });
});

it("passes over columns at the left, which stand elsewhere", () => {
  expect(movedColumn(ORDER, ["b"], "c", -1)).toEqual({ columns: ["c", "b", "a"] });
});

it("moves a column at the left among those there, as far as they are shown", () => {
  expect(movedColumn(ORDER, ["c", "gone", "a"], "a", -1)).toEqual({ pinned: ["a", "gone", "c"] });
});

it("moves nothing beyond the end, nor the first", () => {
  expect(movedColumn(ORDER, ["a"], "b", -1)).toBeUndefined();
  expect(movedColumn(ORDER, [], "c", 1)).toBeUndefined();
  expect(movedColumn(ORDER, [], "name", 1)).toBeUndefined();
});
