// @vitest-environment jsdom
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { Loaded } from "@/components/loaded";
import { runQuery } from "@/features/runs/api/run";
import { fakeServer } from "@/testing/fake-server";
import { aRun } from "@/testing/runs";

import { StaleNotice } from "./stale-notice";

function Name() {
  return (
    <Loaded query={useQuery(runQuery("r"))} what="The run could not be loaded">
      {(run) => <h1>{run.info.run_name}</h1>}
    </Loaded>
  );
}

function show() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <StaleNotice />
      <Name />
    </QueryClientProvider>,
  );
  return client;
}

it("keeps what is shown when a later answer fails, and says so until one comes", async () => {
  let isAway = false;
  fakeServer({
    "/api/2.0/mlflow/runs/get": () =>
      isAway ? { status: 503, text: "" } : { json: { run: aRun({ name: "one" }) } },
  });
  const client = show();
  await screen.findByText("one");
  expect(screen.queryByRole("alert")).toBeNull();

  isAway = true;
  await client.refetchQueries();
  expect((await screen.findByRole("alert")).textContent).toContain("may be out of date");
  expect(screen.getByText("one")).toBeTruthy();
  isAway = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));

  await expect.poll(() => screen.queryByRole("alert")).toBeNull();
});

it("says nothing where the panel itself tells that it has no answer", async () => {
  fakeServer({ "/api/2.0/mlflow/runs/get": () => ({ status: 503, text: "" }) });

  show();

  expect((await screen.findByRole("alert")).textContent).toContain("The run could not be loaded");
  expect(screen.getAllByRole("alert").length).toBe(1);
});
