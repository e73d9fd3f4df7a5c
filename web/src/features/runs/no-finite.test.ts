import { expect, it } from "vitest";

import type { Series } from "@/charts/series";

import { noFinite } from "./no-finite";

const aSeries = (y: number[]): Series => ({
  id: "a",
  label: "a",
  color: "--run-0",
  dash: 0,
  x: y.map((_, at) => at),
  y,
});

it.each([
  [[NaN, NaN, NaN], "None of 3 values is finite: all NaN."],
  [[NaN, Infinity, NaN, -Infinity], "None of 4 values is finite: 2 NaN, 1 ∞, 1 −∞."],
  [Array<number>(900).fill(NaN), "None of 900 or more values is finite."],
  [[NaN, 0.5], undefined],
  [[], undefined],
])("says of %j that nothing can be drawn", (y, said) => {
  expect(noFinite([aSeries(y)])).toBe(said);
});

it("draws what one of several runs has", () => {
  expect(noFinite([aSeries([NaN, NaN]), aSeries([1, 2])])).toBeUndefined();
});
