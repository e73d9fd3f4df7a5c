import { expect, it } from "vitest";

import { aRun } from "@/testing/runs";

import { endOf } from "./run-end";

const failed = (tags: Record<string, string>) => aRun({ status: "FAILED", tags });

it("tells the error with its traceback", () => {
  const end = endOf(failed({ "runstone.end": "ValueError: no", "runstone.traceback": "Traceback\n  x\n" }));

  expect(end).toEqual({ isLost: false, reason: "ValueError: no", traceback: "Traceback\n  x" });
});

it("knows a run that was lost", () => {
  const end = endOf(failed({ "runstone.end": "lost: nothing was heard of its process since 2026-01-01" }));

  expect(end?.isLost).toBe(true);
});

it("says nothing where nobody said why, or the run goes on again", () => {
  expect(endOf(failed({}))).toBeUndefined();
  expect(endOf(aRun({ status: "RUNNING", tags: { "runstone.end": "ValueError: no" } }))).toBeUndefined();
});
