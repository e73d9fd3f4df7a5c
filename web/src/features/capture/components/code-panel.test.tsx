// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { ToastProvider } from "@/components/toasts";
import { fakeServer } from "@/testing/fake-server";
import { aRun } from "@/testing/runs";

import { CodePanel } from "./code-panel";

const NO_PATCH = "no patch is kept: git diff prints more than 4,194,304 bytes";

function show(code: object) {
  const run = aRun({});
  fakeServer({
    "/api/2.0/mlflow/artifacts/list": () => ({ json: { files: [{ path: "runstone/code", is_dir: true }] } }),
    "/get-artifact": () => ({ text: JSON.stringify(code) }),
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ToastProvider>
        <CodePanel run={run} />
      </ToastProvider>
    </QueryClientProvider>,
  );
}

it("says why there is no patch, and of how many files", async () => {
  show({
    commit: "0123456789abcdef0123456789abcdef01234567",
    dirty: true,
    left_out: [
      { path: "a.bin", reason: "neither source nor settings" },
      { path: "", reason: NO_PATCH },
      { path: "", reason: "400 more files" },
    ],
  });

  const left = await screen.findByRole("region", { name: "Left out" });
  expect(within(left).getByRole("heading").textContent).toBe("Left out 401");
  expect(within(left).getByText("No patch is kept: git diff prints more than 4,194,304 bytes.")).toBeTruthy();
  expect(within(left).getByText("400 more files are not listed.")).toBeTruthy();
  expect(screen.queryByText("RUNSTONE_CAPTURE_CODE")).toBeNull();
});

it("names the setting where nothing that differed was kept", async () => {
  show({ commit: "0123456789abcdef0123456789abcdef01234567", dirty: true });

  expect(await screen.findByText("RUNSTONE_CAPTURE_CODE")).toBeTruthy();
});
