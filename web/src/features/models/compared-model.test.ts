import { expect, it } from "vitest";

import type { LoggedModel, LoggedModelMetric } from "@/types/wire";

import { comparedModel } from "./compared-model";

const metric = (key: string, value: number, timestamp: number, dataset = "") =>
  ({
    key,
    value,
    timestamp,
    step: 0,
    dataset_name: dataset,
    dataset_digest: dataset && "0123456789",
  }) as LoggedModelMetric;

it("takes the last value of each metric, apart for each dataset", () => {
  const model = {
    info: { tags: [{ key: "owner", value: "sales" }] },
    data: {
      params: [{ key: "depth", value: "3" }],
      metrics: [metric("mae", 2, 20), metric("mae", 9, 10), metric("mae", 5, 30, "holdout")],
    },
  } as LoggedModel;

  expect(comparedModel(model)).toEqual({
    params: [{ key: "depth", value: "3" }],
    metrics: [
      { key: "mae", value: 2 },
      { key: "mae on holdout 01234567", value: 5 },
    ],
    tags: [{ key: "owner", value: "sales" }],
  });
});
