import { expect, it } from "vitest";

import { previewKind, textOf } from "./preview-kind";

it.each([
  ["plots/roc.PNG", "image"],
  ["a/report.json", "json"],
  ["t.csv", "table"],
  ["t.tsv", "table"],
  ["logs/train.log", "bytes"],
  ["v1.2/weights", "bytes"],
])("shows %s as %s", (path, kind) => {
  expect(previewKind(path)).toBe(kind);
});

it("takes bytes for text only if they are text", () => {
  const bytes = new TextEncoder().encode("grün");

  expect(textOf(bytes)).toBe("grün");
  expect(textOf(bytes.subarray(0, 3))).toBe("gr");
  expect(textOf(new Uint8Array([0x80, 0x04, 0x95]))).toBeUndefined();
  expect(textOf(new Uint8Array([65, 0, 66]))).toBeUndefined();
});
