import { expect, it } from "vitest";

import { aRun } from "@/testing/runs";

import { metricSeries } from "./metric-series";

const point = (step: number, timestamp: number, value: number | string) => ({
  key: "loss",
  run_id: "a",
  step,
  timestamp,
  value: value as number,
});
const histories = new Map([["a", [point(2, 9_000, "NaN"), point(1, 5_000, 0.5)]]]);
const runs = [aRun({ id: "a", name: "first" }), aRun({ id: "b" })];

it.each([
  ["step", [1, 2]],
  ["time", [5, 9]],
  ["relative", [0, 4]],
] as const)("places values by %s, in order", (kind, x) => {
  const series = metricSeries(runs, histories, kind, new Map([["a", 2]]));

  expect(series).toHaveLength(1);
  expect(series[0]).toMatchObject({ id: "a", label: "first", dash: 2, x, y: [0.5, NaN] });
});
