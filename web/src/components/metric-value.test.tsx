// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { MetricValue } from "./metric-value";
import { ToastProvider } from "./toasts";

it("shows four digits and copies all of them at a click", async () => {
  vi.stubGlobal("isSecureContext", true);
  const user = userEvent.setup();
  render(
    <ToastProvider>
      <MetricValue value={0.123456789} />
    </ToastProvider>,
  );

  await user.click(screen.getByRole("button", { name: "0.1235" }));

  expect(await navigator.clipboard.readText()).toBe("0.123456789");
  expect(screen.getByRole("status").textContent).toContain("Copied 0.123456789");
});
