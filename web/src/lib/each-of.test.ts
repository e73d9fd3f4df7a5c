import { expect, it } from "vitest";

import { eachOf } from "./each-of";

const ITEMS = Array.from({ length: 20 }, (_, at) => at);

it("works on all, some at a time", async () => {
  let most = 0;
  let now = 0;

  const { done, failure } = await eachOf(ITEMS, async () => {
    now += 1;
    most = Math.max(most, now);
    await Promise.resolve();
    now -= 1;
  });

  expect(done.toSorted((a, b) => a - b)).toEqual(ITEMS);
  expect(failure).toBeUndefined();
  expect(most).toBe(6);
});

it("begins nothing after a failure, and tells what was done", async () => {
  const begun: number[] = [];

  const { done, failure } = await eachOf(ITEMS, (item) => {
    begun.push(item);
    return item === 2 ? Promise.reject(new Error("no")) : Promise.resolve();
  });

  expect(failure?.message).toBe("no");
  expect(done).not.toContain(2);
  expect(begun.length).toBeLessThan(ITEMS.length);
});
