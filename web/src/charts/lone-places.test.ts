import { expect, it } from "vitest";

import { lonePlaces } from "./lone-places";

it.each([
  ["between gaps", [0, null, 2, null, null, 5], [0, 2, 5]],
  ["not on a line", [1, 2, null, 3, 4], []],
  ["across what other series have", [1, undefined, 2, null, undefined, 3, undefined, null], [5]],
  ["a single one", [undefined, 7], [1]],
  ["none", [], []],
])("finds values that stand alone: %s", (_, values, places) => {
  expect(lonePlaces(values)).toEqual(places);
});
