import { expect, it } from "vitest";

import { aRun } from "@/testing/runs";

import { endOf } from "./run-end";

const failed = (tags: Record<string, string>) => aRun({ status: "FAILED", tags });

it("tells the error with its traceback", () => {
  const end = endOf(failed({ "runstone.end": "ValueError: no", "runstone.traceback": "Traceback\n  x\n" }));

  expect(end).toEqual({ lost: undefined, reason: "ValueError: no", traceback: "Traceback\n  x" });
});

it.each([
  [
    "lost: nothing was heard of its process since 2026-01-01T00:00:00+00:00",
    { isSilent: true, found: "nothing was heard of its process since", until: Date.UTC(2026, 0, 1) },
  ],
  [
    "lost: its process was gone; it had logged until 2026-01-01T02:00:00+02:00",
    { isSilent: false, found: "its process was gone; it had logged until", until: Date.UTC(2026, 0, 1) },
  ],
  ["lost: the machine was switched off", { isSilent: false, found: "the machine was switched off" }],
])("knows a run that was lost, and what was found: %s", (reason, lost) => {
  expect(endOf(failed({ "runstone.end": reason }))?.lost).toEqual(lost);
});

it("says nothing where nobody said why, or the run goes on again", () => {
  expect(endOf(failed({}))).toBeUndefined();
  expect(endOf(aRun({ status: "RUNNING", tags: { "runstone.end": "ValueError: no" } }))).toBeUndefined();
});
