// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { aRun } from "@/testing/runs";

import { endOf } from "../run-end";
import { RunEndNotice } from "./run-end-notice";

function show(tags: Record<string, string>) {
  const run = aRun({ status: "FAILED", tags });
  render(<RunEndNotice end={endOf(run)!} run={run} />);
}

it("shows the reason at once, and the traceback on demand", async () => {
  show({
    "runstone.end": "KeyError: 'lr'",
    "runstone.traceback": "Traceback (most recent call last):\n  train()",
  });
  const section = screen.getByRole("region", { name: "How the run ended" });
  expect(section.textContent).toContain("KeyError: 'lr'");
  expect(section.textContent).not.toContain("train()");

  await userEvent.click(screen.getByRole("button", { name: "Traceback" }));

  expect(section.textContent).toContain("train()");
  expect(screen.getByRole("button", { name: "Copy: Traceback" })).toBeTruthy();
});

it("says of a lost run when it was last seen", () => {
  show({ "runstone.end": "lost: nothing was heard of its process since 1970-01-01T00:16:45+00:00" });

  const section = screen.getByRole("region", { name: "How the run ended" });
  expect(section.textContent).toContain("Lost. Last seen");
  expect(section.querySelector("time")?.dateTime).toBe("1970-01-01T00:16:45.000Z");
  expect(screen.queryByRole("button")).toBeNull();
});
