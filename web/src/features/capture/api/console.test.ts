import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";

import { fakeServer } from "@/testing/fake-server";

import { consoleLines } from "../console-lines";
import { consoleQuery } from "./console";

it("reads segments in order, and again only those that may have changed", async () => {
  const files: Record<string, string> = { "000000.log": "a\n", "000001.log": "b\n" };
  const asked = fakeServer({
    "/api/2.0/mlflow/artifacts/list": () => ({
      json: {
        files: [...Object.keys(files), "notes.txt"]
          .toReversed()
          .map((name) => ({ path: `runstone/console/${name}`, is_dir: false })),
      },
    }),
    "/get-artifact": ({ query }) => ({ text: files[(query.get("path") ?? "").slice(-10)] ?? "?" }),
  });
  const client = new QueryClient();
  const read = async () => (await client.query({ ...consoleQuery("r"), staleTime: 0 })).segments;
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
