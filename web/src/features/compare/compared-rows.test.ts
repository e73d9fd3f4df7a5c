import { expect, it } from "vitest";

import { aRun } from "@/testing/runs";

import { comparedSections } from "./compared-rows";

it("tells for each row whether the runs differ", () => {
  const runs = [
    aRun({ params: { lr: "0.1", seed: "1" }, metrics: { loss: "NaN" }, tags: { "mlflow.user": "x" } }),
    aRun({ params: { lr: "0.2", seed: "1" }, metrics: { loss: "NaN", acc: 0.5 } }),
  ];

  const sections = comparedSections(runs.map(({ data }) => data));

  expect(sections).toEqual([
    {
      title: "Params",
      rows: [
        { key: "lr", values: ["0.1", "0.2"], differs: true },
        { key: "seed", values: ["1", "1"], differs: false },
      ],
    },
    {
      title: "Metrics",
      rows: [
        { key: "acc", values: [undefined, 0.5], differs: true },
        { key: "loss", values: [NaN, NaN], differs: false },
      ],
    },
  ]);
});

it("compares environments where a run has one", () => {
  const [section] = comparedSections([{ environment: [{ key: "numpy", value: "2.1" }] }, {}]);

  expect(section).toEqual({
    title: "Environment",
    rows: [{ key: "numpy", values: ["2.1", undefined], differs: true }],
  });
});
