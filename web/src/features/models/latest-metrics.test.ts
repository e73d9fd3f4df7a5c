import { expect, test } from "vitest";

import { latestMetrics } from "./latest-metrics";

const metric = (value: number, step: number, dataset = "") => ({
  key: "rmse",
  value,
  step,
  timestamp: 1,
  dataset_name: dataset,
  dataset_digest: dataset,
  run_id: "r",
});

test("each dataset has the value of its last step", () => {
  const latest = latestMetrics([metric(3, 2), metric(9, 1), metric(5, 0, "holdout")]);

  expect(latest.map(({ value, dataset_name }) => [value, dataset_name])).toEqual([
    [3, ""],
    [5, "holdout"],
  ]);
});
