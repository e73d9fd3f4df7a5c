// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { aRun } from "@/testing/runs";

import { endOf } from "../run-end";
import { RunEndNotice } from "./run-end-notice";

/** Heights of an element in pixels: of what is in it, and of what is seen of it. */
let heights = { scrollHeight: 20, clientHeight: 20 };

beforeEach(() => {
  heights = { scrollHeight: 20, clientHeight: 20 };
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(private readonly tell: () => void) {}
      observe(element: Element) {
        for (const [name, value] of Object.entries(heights)) Object.defineProperty(element, name, { value });
        this.tell();
      }
      disconnect() {
        return undefined;
      }
    },
  );
});

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

it("promises nothing of a lost run whose process was gone", () => {
  show({ "runstone.end": "lost: its process was gone; it had logged until 1970-01-01T00:16:45+00:00" });

  const section = screen.getByRole("region", { name: "How the run ended" });
  expect(section.textContent).toMatch(/^Lost. Its process was gone; it had logged until .*\d\.$/);
  expect(section.querySelector("time")?.dateTime).toBe("1970-01-01T00:16:45.000Z");
});

it("opens what is cut of a long reason, and offers that of no short one", async () => {
  heights = { scrollHeight: 240, clientHeight: 60 };
  show({ "runstone.end": "ValueError: ".padEnd(400, "no ") });
  const more = screen.getByRole("button", { name: "More" });
  expect(more.getAttribute("aria-expanded")).toBe("false");

  await userEvent.click(more);

  expect(more.getAttribute("aria-expanded")).toBe("true");
  expect(screen.getByText(/^ValueError/).closest("p")?.dataset["whole"]).toBe("true");
});
