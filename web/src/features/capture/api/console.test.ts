import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";

import { fakeServer } from "@/testing/fake-server";

import { consoleLines } from "../console-lines";
import { consoleQuery } from "./console";

const serve = (files: Record<string, string>) =>
  fakeServer({
    "/api/2.0/mlflow/artifacts/list": () => ({
      json: {
        files: [...Object.keys(files), "notes.txt"]
          .toReversed()
          .map((name) => ({ path: `runstone/console/${name}`, is_dir: false })),
      },
    }),
    "/get-artifact": ({ query }) => ({ text: files[query.get("path")?.split("/").at(-1) ?? ""] ?? "?" }),
  });

const reader = () => {
  const client = new QueryClient();
  return async () => (await client.query({ ...consoleQuery("r"), staleTime: 0 })).segments;
};

it("reads segments in order, and again only those that may have changed", async () => {
  const files: Record<string, string> = { "000000.log": "a\n", "000001.log": "b\n" };
  const asked = serve(files);
  const read = reader();
  const first = consoleLines(await read()).plain;
  asked.length = 0;

  Object.assign(files, { "000001.log": "b\nc\n", "000002.log": "d" });
  const second = consoleLines(await read()).plain;

  expect([first, second]).toEqual([
    ["a", "b"],
    ["a", "b", "c", "d"],
  ]);
  const paths = asked.map((each) => each.query.get("path"));
  expect(paths).toEqual(["runstone/console", "runstone/console/000001.log", "runstone/console/000002.log"]);
});

it("goes on to read what each of several processes prints", async () => {
  const files: Record<string, string> = { "000000.log": "rank 0\n", "001482915000.log": "rank 1\n" };
  serve(files);
  const read = reader();
  await read();

  Object.assign(files, { "000000.log": "rank 0\nepoch 1\n" });

  expect(consoleLines(await read()).plain).toEqual(["rank 0", "epoch 1", "rank 1"]);
});
