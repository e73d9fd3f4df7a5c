import { expect, it } from "vitest";

import { smooth } from "./smoothing";

it("starts at the first value instead of leaning to zero", () => {
  expect(smooth([5, 5, 5], 0.9)).toEqual([5, 5, 5].map((value) => expect.closeTo(value, 12) as number));
});

it("is the weighted mean of all values so far", () => {
  const [, second] = smooth([1, 3], 0.5);

  expect(second).toBeCloseTo((1 * 0.25 + 3 * 0.5) / 0.75, 12);
});

it("leaves values that are not finite where they are and keeps them out of the mean", () => {
  expect(smooth([2, NaN, Infinity, 2], 0.8)).toEqual([2, NaN, Infinity, expect.closeTo(2, 12)]);
});

it("changes nothing without a weight", () => {
  expect(smooth([1, 4, 2], 0)).toEqual([1, 4, 2]);
});
