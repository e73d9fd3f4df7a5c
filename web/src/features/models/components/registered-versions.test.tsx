// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { fakeServer } from "@/testing/fake-server";

import { RegisteredVersions } from "./registered-versions";

const SEARCH = "/api/2.0/mlflow/model-versions/search";

function show() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <RegisteredVersions modelId="m-1" />
    </QueryClientProvider>,
  );
}

it("shows the versions made of this model, of every page of the answer", async () => {
  const asked = fakeServer({
    [SEARCH]: ({ query }) =>
      query.has("page_token")
        ? { json: { model_versions: [{ name: "rents", version: "1" }] } }
        : {
            json: {
              model_versions: [{ name: "prices", version: "2", aliases: ["champion"] }],
              next_page_token: "more",
            },
          },
  });

  show();

  expect(await screen.findByText("version 2 @champion")).toBeTruthy();
  expect(screen.getByText("rents")).toBeTruthy();
  expect(asked[0]?.query.get("filter")).toBe("model_id IN ('m-1')");
});

it("tells why the versions are not known, and asks again", async () => {
  let isAway = true;
  fakeServer({
    [SEARCH]: () =>
      isAway ? { status: 503, text: "" } : { json: { model_versions: [{ name: "prices", version: "1" }] } },
  });
  show();
  expect((await screen.findByRole("alert")).textContent).toContain("The server answered 503");

  isAway = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByText("prices")).toBeTruthy();
});
