import { expect, it } from "vitest";

import { thin } from "./thin";

const x = Array.from({ length: 10_000 }, (_, at) => at);

it("keeps the first, the last and a spike of a single point", () => {
  const y = x.map((at) => (at === 4321 ? 99 : Math.sin(at / 300)));

  const thinned = thin(x, y, 200);

  expect(thinned.x.length).toBeLessThanOrEqual(202);
  expect(thinned.x[0]).toBe(0);
  expect(thinned.x.at(-1)).toBe(9_999);
  expect(thinned.y).toContain(99);
});

it("keeps the order of x", () => {
  const thinned = thin(
    x,
    x.map((at) => Math.cos(at)),
    300,
  );

  expect(thinned.x).toEqual(thinned.x.toSorted((a, b) => a - b));
});

it("gives a short curve back as it is", () => {
  expect(thin([1, 2], [3, NaN], 200)).toEqual({ x: [1, 2], y: [3, NaN] });
});
