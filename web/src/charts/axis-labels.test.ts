import { expect, it } from "vitest";

import { numberLabels, powerLabels, spanLabels } from "./axis-labels";

it("gives numbers as many decimals as tell them apart", () => {
  expect(numberLabels([0, 0.25, 0.5], 0.25)).toEqual(["0.00", "0.25", "0.50"]);
  expect(numberLabels([0.98, 0.985], 0.005)).toEqual(["0.980", "0.985"]);
  expect(numberLabels([-10, 0, 10], 10)).toEqual(["−10", "0", "10"]);
  expect(numberLabels([0, 2e-8], 2e-8)).toEqual(["0", "2.000e-8"]);
  expect(numberLabels([0, 2_500_000], 500_000)).toEqual(["0", "2.5M"]);
  expect(numberLabels([-2e10, 2e10], 2e10)).toEqual(["−20G", "20G"]);
  expect(numberLabels([0, 2e15], 2e15)).toEqual(["0", "2.000e15"]);
});

it("labels the powers of ten on a logarithmic axis, and the rest where there are not two", () => {
  expect(powerLabels([1e-5, 0.1, 0.5, 1, 1000, 1e7])).toEqual(["1e-5", "0.1", "", "1", "1000", "1e7"]);
  expect(powerLabels([0.001, null, 0.002])).toEqual(["0.001", "", "0.002"]);
  expect(powerLabels([20, 30, 40])).toEqual(["20", "30", "40"]);
});

it("writes seconds as time spans", () => {
  expect(spanLabels([0, 90])).toEqual(["0", "1 min 30 s"]);
});
