// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { Hint } from "./hint";
import { ToastProvider } from "./toasts";

it("says what to set, to be copied, and which page of the documentation tells more", () => {
  render(
    <ToastProvider>
      <Hint title="No console output" code="export RUNSTONE_CAPTURE_CONSOLE=true" page="What a run captures">
        Nothing was kept.
      </Hint>
    </ToastProvider>,
  );

  expect(screen.getByText("Nothing was kept.")).toBeTruthy();
  expect(screen.getByLabelText("What to type").textContent).toBe("export RUNSTONE_CAPTURE_CONSOLE=true");
  expect(screen.getByRole("button", { name: "Copy: What to type" })).toBeTruthy();
  expect(screen.getByText(/on its page “What a run captures”/)).toBeTruthy();
});
