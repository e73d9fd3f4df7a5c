import { expect, it } from "vitest";

import { RUN_COLORS, runColorIndex } from "./run-color";

it("gives a run the same colour always, and spreads runs over all colours", () => {
  const ids = Array.from({ length: 2400 }, (_, at) => at.toString(16).padStart(32, "0"));

  const indexes = ids.map(runColorIndex);

  expect(ids.map(runColorIndex)).toEqual(indexes);
  for (let color = 0; color < RUN_COLORS; color += 1) {
    expect(indexes.filter((index) => index === color).length).toBeGreaterThan(100);
  }
});
