// @vitest-environment jsdom
import { readFileSync } from "node:fs";

import { render, screen, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { ToastProvider } from "@/components/toasts";

import { EvaluationView } from "./components/evaluation-view";
import { readEvaluation } from "./evaluation";
import { timeAxis } from "./time-axis";

const golden = (name: string) => readFileSync(`../spec/models/evaluation/${name}.json`, "utf-8");

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = () => undefined;
      disconnect = () => undefined;
    },
  );
});

const show = (name: string) =>
  render(
    <ToastProvider>
      <EvaluationView evaluation={readEvaluation(golden(name))} modelLink={String} />
    </ToastProvider>,
  );

it("shows a classifier with its intervals, curves, slices and the other model", () => {
  show("classifier");

  const metrics = screen.getByRole("region", { name: "Metrics" });
  expect(within(metrics).getByRole("row", { name: /^accuracy_score .* to / })).toBeTruthy();
  expect(screen.getByRole("table", { name: "Confusion matrix" })).toBeTruthy();
  for (const name of [/^ROC of /, /^Precision and recall of /, /^Calibration of /, /^Lift of /])
    expect(screen.getByRole("img", { name })).toBeTruthy();
  expect(screen.getByRole("region", { name: "Comparison" }).textContent).toMatch(
    /McNemar’s exact test: p = /,
  );
  expect(within(screen.getByRole("region", { name: "Slices" })).getAllByRole("row").length).toBeGreaterThan(
    3,
  );
  expect(screen.getByRole("list", { name: "Importance of the features" })).toBeTruthy();
  expect(screen.getByText("✓ met")).toBeTruthy();
});

it("shows how much each feature moves the probability of each label", () => {
  show("classifier-of-three");

  const values = screen.getByRole("list", { name: "SHAP values of the features" });
  expect(
    within(values)
      .getAllByRole("listitem")
      .map((row) => row.textContent)[0],
  ).toMatch(/^petal length \(cm\)0\.944/);
  const legend = within(values.closest("figure") ?? values).getByRole("list", { name: "Legend" });
  expect(
    within(legend)
      .getAllByRole("listitem")
      .map((each) => each.textContent),
  ).toEqual(["setosa", "versicolor", "virginica"]);
});

it("shows a forecaster with its series and the errors by horizon", () => {
  show("forecaster");

  expect(screen.getByRole("img", { name: "Forecast of north" })).toBeTruthy();
  expect(screen.getByRole("img", { name: "Errors by the number of steps ahead" })).toBeTruthy();
  expect(screen.getByRole("img", { name: "Residuals over predictions" })).toBeTruthy();
  expect(screen.getByRole("region", { name: "Comparison" }).textContent).toMatch(/Diebold and Mariano/);
});

it("shows what is there of an evaluation that says next to nothing", () => {
  render(
    <ToastProvider>
      <EvaluationView
        evaluation={readEvaluation('{"version": 1, "metrics": {"f1": {"value": null}}}')}
        modelLink={String}
      />
    </ToastProvider>,
  );

  expect(screen.getByText("not defined")).toBeTruthy();
  expect(screen.queryByRole("img")).toBeNull();
});

it("refuses what is none, and what is newer than it knows", () => {
  expect(() => readEvaluation("{}")).toThrow("no evaluation");
  expect(() => readEvaluation('{"version": 2}')).toThrow("of version 2, and this page reads up to 1");
});

it("reads odd values as not there", () => {
  const odd = readEvaluation(
    JSON.stringify({
      version: 1,
      metrics: { a: 3, b: { value: "high" } },
      confusion: { labels: ["x"], counts: ["?"] },
      comparison: { metrics: { a: { better: "both" } } },
      series: [{ time: ["t", null] }],
    }),
  );

  expect(odd.metrics.map((each) => each.value)).toEqual([NaN, NaN]);
  expect(odd.confusion).toEqual({ labels: ["x"], counts: [[]] });
  expect(odd.comparison?.differences[0]?.better).toBeUndefined();
  expect(odd.series[0]?.time).toEqual(["t"]);
});

it("places dates by their distance, numbers as they are and texts in turn", () => {
  const dates = timeAxis(["2026-01-01T00:00:00", "2026-01-02T00:00:00", "2026-01-04T00:00:00"]);
  const day = 86_400_000;

  expect(dates.x.map((x) => (x - (dates.x[0] ?? 0)) / day)).toEqual([0, 1, 3]);
  expect(dates.ticks.map((tick) => tick.label)).toEqual(["2026-01-01", "2026-01-02", "2026-01-04"]);
  expect(dates.nameOf(dates.x[1] ?? 0)).toBe("2026-01-02");
  expect(timeAxis([3, 5]).x).toEqual([3, 5]);
  expect(timeAxis(["spring", "autumn"])).toMatchObject({ x: [0, 1] });
  expect(timeAxis([]).ticks).toEqual([]);
});
