import { expect, it } from "vitest";

import type { LoggedModel, LoggedModelMetric } from "@/types/wire";

import { columnsOfModels, modelColumnOf, modelOrder } from "./model-columns";
import { metricColumn, modelDataOf } from "./model-data";

const TEST = { name: "houses@test.v2", digest: "1a2b3c4d5e6f" };
const TRAIN = { name: "train", digest: "77" };

const metric = (key: string, value: number, on?: { name: string; digest: string }, timestamp = 1) =>
  ({
    key,
    value,
    timestamp,
    step: 0,
    ...(on && { dataset_name: on.name, dataset_digest: on.digest }),
  }) as LoggedModelMetric;

const model = (metrics: LoggedModelMetric[], params: string[] = [], tags: string[] = []) =>
  ({
    info: { model_id: "m-1", tags: tags.map((key) => ({ key, value: "x" })) },
    data: { metrics, params: params.map((key) => ({ key, value: "1" })) },
  }) as LoggedModel;

it("keeps the dataset and the name of a metric in the id of its column, whatever they are", () => {
  const column = modelColumnOf(metricColumn("val/rmse@k", TEST));

  expect(column).toMatchObject({ kind: "metrics", label: "val/rmse@k", group: "houses@test.v2 1a2b3c4d" });
  expect(modelOrder([{ column: column!.id, descending: true }])).toEqual([
    {
      field_name: "metrics.`val/rmse@k`",
      ascending: false,
      dataset_name: TEST.name,
      dataset_digest: TEST.digest,
    },
  ]);
});

it("does not ask the server to sort by what it does not know", () => {
  const keys = ["attributes.registered", "nonsense", "attributes.name", "params.max depth"];

  expect(modelOrder(keys.map((column) => ({ column, descending: false })))).toEqual([
    { field_name: "name", ascending: true },
    { field_name: "params.`max depth`", ascending: true },
  ]);
});

it("shows metrics below the dataset that they were measured on, that of most models first", () => {
  const models = [
    model([metric("rmse", 1, TRAIN), metric("rmse", 2, TEST), metric("loss", 3)], ["alpha"], ["mlflow.user"]),
    model([metric("rmse", 1, TEST)], [], ["team"]),
  ];

  const { known, atFirst } = columnsOfModels(models);

  const metrics = [metricColumn("loss"), metricColumn("rmse", TEST), metricColumn("rmse", TRAIN)];
  expect(atFirst.filter((id) => id.startsWith("metrics"))).toEqual(metrics);
  expect(atFirst).toContain("params.alpha");
  expect(known).toContain("metrics.rmse");
  expect(known.filter((id) => id.startsWith("tags"))).toEqual(["tags.team"]);
});

it("shows some of many metrics at first", () => {
  const many = Array.from({ length: 30 }, (_, at) => metric(`m${at}`, at));

  const { known, atFirst } = columnsOfModels([model(many)]);

  expect(known).toContain("metrics.m29");
  expect(atFirst.filter((id) => id.startsWith("metrics."))).toHaveLength(8);
});

it("has the last value on any dataset, and that on each", () => {
  const { metrics } = modelDataOf(
    model([metric("rmse", 3, TEST, 2), metric("rmse", 1, TEST, 1), metric("rmse", 2, TRAIN, 1)]),
  );

  const value = (on?: typeof TEST) => metrics.get(metricColumn("rmse", on))?.value;
  expect([value(), value(TEST), value(TRAIN)]).toEqual([3, 3, 2]);
});
