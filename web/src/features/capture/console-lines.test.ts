import { expect, it } from "vitest";

import { consoleLines, findInLines, splitLines } from "./console-lines";
import { markedPieces } from "./marked-pieces";

const E = String.fromCharCode(27);
const segments = (...texts: string[]) =>
  texts.map((text, at) => ({ name: `${at}.log`, lines: splitLines(text), isFinal: true }));

it("joins segments also within a line", () => {
  expect(consoleLines(segments("a\nb", "", "c\n\nd\n", "e")).plain).toEqual(["a", "bc", "", "d", "e"]);
  expect(consoleLines(segments("")).plain).toEqual([]);
});

it("keeps the last state of a line that was printed over itself", () => {
  expect(splitLines("10%\r50%\r100%\r\nnext\r\n")).toEqual(["100%", "next", ""]);
});

it("finds text without regard to colours and case", () => {
  const { plain, starts, width } = consoleLines(segments(`a ${E}[31mER`, `ROR\nerror${E}[0m\nfine`));

  const { matches } = findInLines(plain, "Error");

  expect(matches).toEqual([
    { line: 0, from: 2, to: 7 },
    { line: 1, from: 0, to: 5 },
  ]);
  expect([...starts]).toEqual([[1, { fg: 1 }]]);
  expect(width).toBe(7);
});

it("looks for the letters that were typed, whatever they mean to a pattern", () => {
  expect(findInLines(["f(x) = [1-2]\\d"], "(x) = [1-2]\\d").matches).toHaveLength(1);
  expect(findInLines(["a"], "").matches).toEqual([]);
});

it("stops to count after very many", () => {
  const { matches, isCut } = findInLines(Array<string>(30_000).fill("x"), "x");

  expect([matches.length, isCut]).toEqual([20_000, true]);
});

it("cuts spans where marks begin and end, and long lines", () => {
  const [red, blue] = [{ fg: 1 }, { fg: 4 }];
  const match = { line: 0, from: 1, to: 4 };

  const pieces = markedPieces(
    [
      { text: "abc", style: red },
      { text: "defg", style: blue },
    ],
    [match],
    6,
  );

  expect(pieces).toEqual([
    { text: "a", style: red, match: undefined },
    { text: "bc", style: red, match },
    { text: "d", style: blue, match },
    { text: "ef", style: blue, match: undefined },
  ]);
});
