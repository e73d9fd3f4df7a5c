import { expect, it } from "vitest";

import { readCsv } from "./csv";

it.each([
  [
    "a,b\n1,2\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "a,b\r\n1,2",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  ['"x, y","say ""hi"""\n', [["x, y", 'say "hi"']]],
  ['"two\nlines",2', [["two\nlines", "2"]]],
  [
    "a,,c\n,\n",
    [
      ["a", "", "c"],
      ["", ""],
    ],
  ],
  ["a,b,", [["a", "b", ""]]],
  ["a\n\n\nb\n", [["a"], ["b"]]],
  ['"never closed', [["never closed"]]],
  ["", []],
])("reads %j", (text, rows) => {
  expect(readCsv(text, ",", 100)).toEqual(rows);
});

it("stops after so many rows", () => {
  expect(readCsv("1\n".repeat(1000), ",", 3)).toHaveLength(3);
});

it("reads tabs", () => {
  expect(readCsv("a\tb, c\n", "\t", 10)).toEqual([["a", "b, c"]]);
});
