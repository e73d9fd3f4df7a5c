import { expect, it } from "vitest";

import { aRun } from "@/testing/runs";

import { metricSections } from "./metric-sections";

it("puts metrics into sections by the part before the first slash, those without first", () => {
  const a = aRun({ id: "a", metrics: { "val/loss": 1, f1: 2 } });
  const b = aRun({ id: "b", metrics: { "val/loss": 1, "val/acc/top1": 1 } });

  const sections = metricSections([a, b], "");

  expect(sections.map((section) => [section.name, section.metrics.map((metric) => metric.key)])).toEqual([
    ["", ["f1"]],
    ["val", ["val/acc/top1", "val/loss"]],
  ]);
  expect(sections[1]?.metrics[1]?.runs).toEqual([a, b]);
});

it("puts curves before single values", () => {
  const run = aRun({ metrics: { accuracy: 1, loss: 2, rate: 3 } });
  for (const metric of run.data.metrics ?? []) if (metric.key !== "accuracy") metric.step = 9;

  expect(metricSections([run], "")[0]?.metrics.map(({ key }) => key)).toEqual(["loss", "rate", "accuracy"]);
});

it("finds metrics by a part of the name", () => {
  expect(metricSections([aRun({ metrics: { loss: 1, acc: 2 } })], "LOS")).toHaveLength(1);
  expect(metricSections([aRun({ metrics: { loss: 1 } })], "zzz")).toEqual([]);
});
