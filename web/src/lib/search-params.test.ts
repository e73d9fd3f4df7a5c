import { expect, it } from "vitest";

import { many, one, parseSearch, stringifySearch } from "./search-params";

it("brings text and lists through an address and back", () => {
  const search = {
    q: "metrics.a > 0.5 and tags.\"x y\" = '1'",
    cols: ["metrics.a/b", "params.c"],
    w: "metrics.a~90",
  };

  const back = parseSearch(stringifySearch(search));

  expect(back).toEqual(search);
});

it("leaves out what is empty", () => {
  expect(stringifySearch({ q: "", cols: undefined, sort: [] })).toBe("");
});

it("takes the last of several values where one is wanted, and a list of one where several are", () => {
  expect(one(["a", "b"])).toBe("b");
  expect(many("a")).toEqual(["a"]);
  expect(many("")).toBeUndefined();
});
