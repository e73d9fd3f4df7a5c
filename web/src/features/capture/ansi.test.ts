import { expect, it } from "vitest";

import { hasControls, PLAIN, readAnsi, type AnsiStyle } from "./ansi";

const E = String.fromCharCode(27);
const BEL = String.fromCharCode(7);
const parts = (line: string, start?: AnsiStyle) =>
  readAnsi(line, start).spans.map(({ text, style }) => [text, style]);

it("leaves plain text as it is", () => {
  expect(parts("a\tb <b>")).toEqual([["a\tb <b>", PLAIN]]);
  expect([hasControls("a\tb"), hasControls(`a${E}[0m`)]).toEqual([false, true]);
});

it.each([
  ["31", { fg: 1 }],
  ["97", { fg: 15 }],
  ["44", { bg: 4 }],
  ["103", { bg: 11 }],
  ["1;4;33", { bold: true, underline: true, fg: 3 }],
  ["38;5;9", { fg: 9 }],
  ["38;5;196", { fg: "rgb(255 0 0)" }],
  ["48;5;244", { bg: "rgb(128 128 128)" }],
  ["38;2;1;2;3;1", { fg: "rgb(1 2 3)", bold: true }],
  ["38:2:1:2:3", { fg: "rgb(1 2 3)" }],
  ["38;2;1;2;999", {}],
  ["38;5;256", {}],
  ["77", {}],
  ["31;0", {}],
])("reads the colour %s", (params, style) => {
  expect(parts(`${E}[${params}mx`)).toEqual([["x", style]]);
});

it("ends a style, and hands it to the next line", () => {
  expect(parts(`${E}[31mred${E}[m not`)).toEqual([
    ["red", { fg: 1 }],
    [" not", PLAIN],
  ]);
  const { end } = readAnsi(`${E}[32mgreen`);
  expect(parts("still", end)).toEqual([["still", { fg: 2 }]]);
});

it.each([
  [`${E}[2K${E}[1Gdone`, "done"],
  [`${E}]0;title${BEL}text`, "text"],
  [`${E}]8;;https://example.org${E}\\link${E}]8;;${E}\\`, "link"],
  [`${E}Psecret${E}\\text`, "text"],
  [`${E}(Btext`, "text"],
  [`a\bb${BEL}`, "ab"],
  [`cut off ${E}[`, "cut off "],
  [`open ${E}`, "open "],
])("shows of %j only the text", (line, text) => {
  expect(
    readAnsi(line)
      .spans.map((span) => span.text)
      .join(""),
  ).toBe(text);
});
