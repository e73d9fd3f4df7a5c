import { expect, it } from "vitest";

import { align } from "./aligned";

const NOTHING = { smoothing: 0, logX: false, logY: false };
const series = (id: string, x: number[], y: number[]) => ({ id, label: id, color: "--run-0", dash: 0, x, y });

it("puts series with other x beside each other", () => {
  const data = align([series("a", [0, 2], [1, 3]), series("b", [1, 2], [5, 6])], NOTHING);

  expect(data).toEqual([
    [0, 1, 2],
    [1, undefined, 3],
    [undefined, 5, 6],
  ]);
});

it("marks gaps, and what a logarithm cannot show, with null", () => {
  expect(align([series("a", [0, 1, 2], [1, NaN, -1])], NOTHING)).toEqual([
    [0, 1, 2],
    [1, null, -1],
  ]);
  expect(align([series("a", [0, 1, 2], [1, NaN, -1])], { ...NOTHING, logX: true, logY: true })).toEqual([
    [1, 2],
    [null, null],
  ]);
});

it("keeps the last of several values at one x", () => {
  expect(align([series("a", [0, 0, 1], [1, 2, 3])], NOTHING)).toEqual([
    [0, 1],
    [2, 3],
  ]);
});

it("gives each series its smoothed twin", () => {
  const data = align([series("a", [0, 1], [0, 10])], { ...NOTHING, smoothing: 0.5 });

  expect(data).toHaveLength(3);
  expect(data[1]).toEqual([0, 10]);
  expect(data[2]?.[1]).toBeCloseTo(20 / 3, 12);
});
