import { expect, it } from "vitest";

import { RUN_COLORS } from "@/lib/run-color";
import { aRun } from "@/testing/runs";

import { runDashes } from "./run-dashes";

it("counts the runs of a colour, so that no two of a few look alike", () => {
  const runs = Array.from({ length: RUN_COLORS + 1 }, (_, at) => aRun({ id: `run-${String(at)}` }));

  const dashes = runDashes(runs);

  expect(dashes.get("run-0")).toBe(0);
  expect([...dashes.values()].some((count) => count > 0)).toBe(true);
  expect(runDashes([aRun({ id: "a" })]).get("a")).toBe(0);
});
