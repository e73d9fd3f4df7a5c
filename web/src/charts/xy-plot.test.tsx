// @vitest-environment jsdom
import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { extent, ticksBetween } from "./ticks";
import { nearestPoint, pathOf, scaleOf } from "./xy-geometry";
import { XyPlot } from "./xy-plot";

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = () => undefined;
      disconnect = () => undefined;
    },
  );
});

it.each([
  [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [-30, 90, 4, [0, 50]],
  [0.12, 0.15, 3, [0.12, 0.13, 0.14, 0.15]],
  [3, 3, 5, [3]],
])("marks the axis from %d to %d at round numbers", (low, high, wanted, expected) => {
  expect(ticksBetween(low, high, wanted)).toEqual(expected);
});

it("knows the range of what is a number, and makes room around a single one", () => {
  expect(extent([1, NaN], [5, -Infinity])).toEqual([1, 5]);
  expect(extent([2, 2])).toEqual([1.5, 2.5]);
  expect(extent([])).toEqual([0, 1]);
});

it("breaks a line where there is no number", () => {
  expect(pathOf([0, 1, 2, 3], [0, NaN, 2, 3])).toBe("M0.0 0.0M2.0 2.0L3.0 3.0");
});

it("finds the nearest point, and none that is far away", () => {
  const same = scaleOf(0, 10, 0, 10);
  const lines = [{ id: "a", label: "a", color: "--run-0", x: [1, 5], y: [1, 5] }];

  expect(nearestPoint(lines, same, same, { x: 4, y: 4 }, 3)).toMatchObject({ x: 5, y: 5 });
  expect(nearestPoint(lines, same, same, { x: 9, y: 1 }, 3)).toBeUndefined();
});

it("keeps a vertical stretch, and says the value under the pointer", () => {
  const lines = [{ id: "a", label: "yes", color: "--run-0", x: [0, 0, 1], y: [0, 0.5, 1] }];

  render(
    <XyPlot label="ROC of yes" xLabel="false" yLabel="true" lines={lines} xRange={[0, 1]} yRange={[0, 1]} />,
  );
  const picture = screen.getByRole("img", { name: "ROC of yes" });

  const path = picture.querySelectorAll("path")[0]?.getAttribute("d") ?? "";
  expect(path.match(/[ML]54\.0/g)).toHaveLength(2);
  fireEvent.pointerMove(picture, { clientX: 56, clientY: 116 });
  expect(screen.getByText("yes").parentElement).toHaveProperty("textContent", "yes0.5000");
});
