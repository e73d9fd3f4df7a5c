import { expect, it, vi } from "vitest";

import { fakeServer } from "@/testing/fake-server";

import { api, ApiError, artifactUrl } from "./api-client";

it("repeats the name of a list in the query", async () => {
  const asked = fakeServer({ "/api/2.0/mlflow/metrics/x": () => ({ json: {} }) });

  await api.get("/metrics/x", { run_ids: ["a", "b"], key: "loss", none: undefined });

  expect(asked[0]?.query.toString()).toBe("run_ids=a&run_ids=b&key=loss");
});

it("tells the server's sentence, code and facts", async () => {
  fakeServer({
    "/api/2.0/mlflow/runs/search": () => ({
      status: 400,
      json: { error_code: "INVALID_PARAMETER_VALUE", message: "wanted a number", facts: { position: 4 } },
    }),
  });

  const failure = await api.post("/runs/search", {}).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(ApiError);
  expect(failure).toMatchObject({ message: "wanted a number", status: 400, facts: { position: 4 } });
});

it("tells the status where something else than the server answered", async () => {
  fakeServer({ "/api/2.0/mlflow/runs/get": () => ({ status: 502, text: "<html>Bad gateway</html>" }) });

  const failure = await api.get("/runs/get", {}).catch((error: unknown) => error);

  expect(failure).toMatchObject({ status: 502, isTransient: true });
});

it("says that the server does not answer", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));

  const failure = await api.get("/runs/get", {}).catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: "UNREACHABLE", isTransient: true });
});

it("reads no more than the first bytes, also where the server sends all", async () => {
  fakeServer({ "/get-artifact": () => ({ text: "0123456789" }) });

  const { bytes, total } = await api.firstBytes(artifactUrl("r", "a.txt"), 4);

  expect(new TextDecoder().decode(bytes)).toBe("0123");
  expect(total).toBeUndefined();
});

it("knows the length of the whole from the answer to a range", async () => {
  fakeServer({
    "/get-artifact": () => ({ status: 206, text: "0123", headers: { "Content-Range": "bytes 0-3/1234" } }),
  });

  const { total } = await api.firstBytes(artifactUrl("r", "a.txt"), 4);

  expect(total).toBe(1234);
});

it("writes the path of an artifact so that nothing in it can change the question", () => {
  expect(artifactUrl("r1", "a b/ü&x=1#.txt")).toBe(
    "/get-artifact?run_id=r1&path=a+b%2F%C3%BC%26x%3D1%23.txt",
  );
});
