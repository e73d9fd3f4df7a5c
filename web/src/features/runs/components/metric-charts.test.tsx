// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { ToastProvider } from "@/components/toasts";
import { aRun } from "@/testing/runs";
import type { RunStatus } from "@/types/wire";

import type { ChartsView } from "../charts-view";
import { MetricCharts } from "./metric-charts";

const VIEW: ChartsView = { search: "", x: "step", logX: false, logY: false, smoothing: 0, range: undefined };

function showSystem(status: RunStatus) {
  render(
    <ToastProvider>
      <MetricCharts runs={[aRun({ status })]} view={VIEW} onView={() => undefined} which="system" />
    </ToastProvider>,
  );
}

it("says that a short run has no system metrics though they are on, and what they need", () => {
  showSystem("FINISHED");

  expect(
    screen.getByText(/a run that ended before has none.* as it is unless you say otherwise/),
  ).toBeTruthy();
  expect(screen.getByLabelText("What to type").textContent).toBe(
    "pip install 'runstone[system]'\nexport RUNSTONE_ENABLE_SYSTEM_METRICS_LOGGING=true",
  );
});

it("says that the first sample of a running run is yet to come", () => {
  showSystem("RUNNING");

  expect(screen.getByText("Nothing has been measured yet")).toBeTruthy();
  expect(screen.queryByLabelText("What to type")).toBeNull();
});
