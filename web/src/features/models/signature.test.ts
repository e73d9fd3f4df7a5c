import { expect, test } from "vitest";

import { readSignature, signatureOfMlmodel } from "./signature";

const typed = (inputs: object, params: unknown = null) =>
  readSignature(JSON.stringify({ schema_version: 1, inputs, outputs: null, params }));

test("a category tells its levels, in their order", () => {
  const signature = typed({
    columns: [
      { name: "size", type: "category", required: true, nullable: false, levels: ["S", "M"], ordered: true },
    ],
  });

  expect(signature?.inputs).toEqual([
    { name: "size", type: "category", isRequired: true, isNullable: false, more: "S < M" },
  ]);
});

test("an open range, a zone and names in levels are told in words", () => {
  const [first, second] =
    typed({
      columns: [
        { name: ["a", 1], type: "float64", range: [null, 2] },
        { type: "timestamp", zone: "Europe/Vienna" },
      ],
    })?.inputs ?? [];

  expect(first).toMatchObject({ name: "a / 1", more: "seen −∞ to 2" });
  expect(second).toMatchObject({ name: "", more: "Europe/Vienna" });
});

test("nested types and tensors stand in one line", () => {
  const struct = { type: "struct", fields: [{ name: "x", type: "int8" }] };
  const signature = typed({ columns: [{ name: "rows", type: "list", items: struct }] });
  const image = typed({ tensors: [{ dtype: "float32", shape: [-1, 28] }] });

  expect(signature?.inputs[0]?.type).toBe("list<struct<x: int8>>");
  expect(image?.inputs[0]?.type).toBe("float32 (any, 28)");
});

test("params tell their default", () => {
  const signature = typed({}, [{ name: "digits", type: "long", default: 2, shape: null }]);

  expect(signature?.params[0]).toMatchObject({ name: "digits", type: "long", more: "2" });
});

test("the signature of MLflow is read out of MLmodel", () => {
  const signature = signatureOfMlmodel({
    signature: {
      inputs: '[{"type": "array", "items": {"type": "string"}, "name": "words", "required": false}]',
      outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]',
      params: null,
    },
  });

  expect(signature?.inputs[0]).toMatchObject({ name: "words", type: "array<string>", isRequired: false });
  expect(signature?.outputs[0]).toMatchObject({ type: "int64 (any)", isRequired: undefined });
});

test("what is no signature is none", () => {
  expect(readSignature("no JSON")).toBeUndefined();
  expect(readSignature("[1]")).toBeUndefined();
  expect(signatureOfMlmodel({ signature: { inputs: "{" } })).toBeUndefined();
  expect(signatureOfMlmodel(undefined)).toBeUndefined();
});
