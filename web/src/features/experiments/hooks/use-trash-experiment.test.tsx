// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { expect, it } from "vitest";

import { ToastProvider } from "@/components/toasts";
import { fakeServer } from "@/testing/fake-server";
import type { Experiment } from "@/types/wire";

import { useTrashExperiment } from "./use-trash-experiment";

const anExperiment = (id: string) => ({ experiment_id: id, name: `experiment ${id}` }) as Experiment;

function Page() {
  const trash = useTrashExperiment();
  return ["1", "2"].map((id) => (
    <button key={id} onClick={() => void trash(anExperiment(id), "delete")}>
      {`Delete ${id}`}
    </button>
  ));
}

function show() {
  const client = new QueryClient();
  const page = (children: ReactNode) => (
    <QueryClientProvider client={client}>
      <ToastProvider>{children}</ToastProvider>
    </QueryClientProvider>
  );
  const { rerender } = render(page(<Page />));
  return { leave: () => rerender(page(null)) };
}

it("tells of an undo that failed on another page", async () => {
  fakeServer({
    "/api/2.0/mlflow/experiments/delete": () => ({}),
    "/api/2.0/mlflow/experiments/restore": () => ({
      status: 400,
      json: { error_code: "RESOURCE_ALREADY_EXISTS", message: "the name is taken by now" },
    }),
  });
  const { leave } = show();
  await userEvent.click(screen.getByRole("button", { name: "Delete 1" }));
  const undo = await screen.findByRole("button", { name: "Undo" });

  leave();
  await userEvent.click(undo);

  expect(await screen.findByText("the name is taken by now")).toBeTruthy();
});

it("offers the way back for each of two that were moved at once", async () => {
  fakeServer({ "/api/2.0/mlflow/experiments/delete": () => ({}) });
  show();

  screen.getByRole("button", { name: "Delete 1" }).click();
  screen.getByRole("button", { name: "Delete 2" }).click();

  await expect.poll(() => screen.queryAllByRole("button", { name: "Undo" }).length).toBe(2);
});
