import { expect, it } from "vitest";

import { aRun } from "@/testing/runs";

import { treeOf } from "./tree";

const child = (id: string, parent: string) => aRun({ id, tags: { "mlflow.parentRunId": parent } });
const drawn = (nodes: ReturnType<typeof treeOf>) =>
  nodes.map((node) => `${"-".repeat(node.depth)}${node.run.info.run_id}`);

it("writes children below their parents, in the order they came", () => {
  const runs = [child("b1", "b"), aRun({ id: "a" }), child("b2", "b"), aRun({ id: "b" }), child("b11", "b1")];

  expect(drawn(treeOf(runs, new Set()))).toEqual(["a", "b", "-b1", "--b11", "-b2"]);
});

it("leaves out all that is below a folded run", () => {
  const runs = [aRun({ id: "a" }), child("a1", "a"), child("a11", "a1")];

  const nodes = treeOf(runs, new Set(["a"]));

  expect(drawn(nodes)).toEqual(["a"]);
  expect(nodes[0]?.children).toBe(1);
});

it("shows a run at the top whose parent is not here", () => {
  expect(drawn(treeOf([child("x", "gone")], new Set()))).toEqual(["x"]);
});

it("shows each run of a ring of parents once", () => {
  expect(drawn(treeOf([child("a", "b"), child("b", "a")], new Set()))).toEqual(["a", "-b"]);
});
