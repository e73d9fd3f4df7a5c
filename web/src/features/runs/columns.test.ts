import { expect, it } from "vitest";

import { sortKeyOf } from "@/tables/columns";
import { aRun } from "@/testing/runs";

import { columnOf, dataOf, orderBy } from "./columns";
import { columnsAtFirst, knownColumns } from "./hooks/use-column-choice";

it("tells the kind and the key of a column from its id", () => {
  expect(columnOf("metrics.val.loss")).toMatchObject({ kind: "metrics", key: "val.loss", label: "val.loss" });
  expect(columnOf("attributes.start_time")).toMatchObject({ label: "Started" });
});

it.each(["attributes.none", "attributes.constructor", "constructor.x", "metrics.", "nonsense", ""])(
  "knows no column of the id %j",
  (id) => {
    expect(columnOf(id)).toBeUndefined();
  },
);

it("tells the server how to sort, with keys of any name", () => {
  const keys = ["-metrics.val/loss", "params.a b", "-attributes.start_time", "-nonsense"].map(sortKeyOf);

  expect(orderBy(keys)).toEqual([
    "metrics.`val/loss` DESC",
    "params.`a b` ASC",
    "attributes.start_time DESC",
  ]);
});

it("knows every column of the pages and shows some of each kind at first", () => {
  const metrics = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`m${at}`, at]));
  const pages = [
    {
      runs: [aRun({ metrics, params: { lr: "1" }, tags: { team: "x", "mlflow.user": "y" } })],
      nextToken: undefined,
    },
  ];

  const known = knownColumns(pages);
  const first = columnsAtFirst(known);

  expect(known).toContain("metrics.m19");
  expect(known).toContain("tags.team");
  expect(known).not.toContain("tags.mlflow.user");
  expect(first.filter((id) => id.startsWith("metrics."))).toEqual(
    ["m0", "m1", "m2", "m3", "m4", "m5"].map((key) => `metrics.${key}`),
  );
  expect(first).toContain("params.lr");
});

it("finds what a run logged by its key", () => {
  const data = dataOf(aRun({ metrics: { a: 1 }, params: { p: "2" }, tags: { t: "3" } }));

  expect([data.metrics.get("a")?.value, data.params.get("p"), data.tags.get("t")]).toEqual([1, "2", "3"]);
});

it("gives long names more room, up to a limit", () => {
  const width = (id: string) => columnOf(id)!.width;

  expect(width("metrics.a")).toBeLessThan(width("metrics.a_rather_long_name"));
  expect(width(`metrics.${"x".repeat(200)}`)).toBeLessThanOrEqual(190);
});

it("shows measures of the machine as columns only when they are chosen", () => {
  const runs = [aRun({ metrics: { "system/cpu_utilization_percentage": 5, val: 1 } })];

  const known = knownColumns([{ runs, nextToken: undefined }]);

  expect(known).toContain("metrics.system/cpu_utilization_percentage");
  expect(columnsAtFirst(known).filter((id) => id.startsWith("metrics."))).toEqual(["metrics.val"]);
});
