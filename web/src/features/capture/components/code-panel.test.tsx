// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, screen, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { ToastProvider } from "@/components/toasts";
import { fakeServer } from "@/testing/fake-server";
import { aRun } from "@/testing/runs";

import { CodePanel } from "./code-panel";

const NO_PATCH = "no patch is kept: git diff prints more than 4,194,304 bytes";

beforeEach(() => {
  vi.stubGlobal("scrollTo", () => undefined);
});

/** The panel of a run; without code, nothing of it is there. */
function show(code?: object, tags: Record<string, string> = {}) {
  const run = aRun({ tags });
  const files = code ? [{ path: "runstone/code", is_dir: true }] : [];
  fakeServer({
    "/api/2.0/mlflow/artifacts/list": () => ({ json: { files } }),
    "/get-artifact": () => ({ text: JSON.stringify(code) }),
  });
  const routeTree = createRootRoute({ component: () => <CodePanel run={run} /> });
  const router = createRouter({ routeTree, history: createMemoryHistory() });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ToastProvider>
        <RouterProvider router={router as never} />
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

it("leads from a run within another to that one, and switches nothing on", async () => {
  show(undefined, { "mlflow.parentRunId": "b".repeat(32) });

  const link = await screen.findByRole("link", { name: "Open that of its parent" });
  expect(link.getAttribute("href")).toBe(`/experiments/1/runs/${"b".repeat(32)}?tab=code`);
  expect(screen.queryByText(/RUNSTONE_CAPTURE_GIT/)).toBeNull();
});

it("says how to capture code where there is none", async () => {
  show();

  expect(await screen.findByText(/RUNSTONE_CAPTURE_GIT/)).toBeTruthy();
});
