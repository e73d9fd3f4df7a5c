/** What a model takes and gives, out of `schema.json`, or of `MLmodel` where MLflow wrote the model. */
import { fieldsOf, listAt, textAt, type Fields } from "@/lib/fields";

export interface Column {
  name: string;
  type: string;
  /** Whether it has to be there; `undefined` where that is not told. */
  isRequired: boolean | undefined;
  /** Whether values may be missing; `undefined` where that is not told. */
  isNullable: boolean | undefined;
  /** Levels of a category, unit, time zone, range that was seen; of a param its default. */
  more: string;
}

export interface Signature {
  inputs: Column[];
  outputs: Column[];
  params: Column[];
}

export function readSignature(text: string): Signature | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  const fields = fieldsOf(read);
  const part = (name: string) => {
    const schema = fieldsOf(fields[name]);
    return [...listAt(schema, "columns"), ...listAt(schema, "tensors")].map(columnOf);
  };
  return someOf({
    inputs: part("inputs"),
    outputs: part("outputs"),
    params: listAt(fields, "params").map(columnOf),
  });
}

/** The signature in an `MLmodel` that was parsed: each part is a list as JSON, in a text. */
export function signatureOfMlmodel(about: unknown): Signature | undefined {
  const fields = fieldsOf(fieldsOf(about)["signature"]);
  const part = (name: string) => {
    try {
      const list: unknown = JSON.parse(textAt(fields, name) ?? "[]");
      return Array.isArray(list) ? list.map(columnOf) : [];
    } catch {
      return [];
    }
  };
  return someOf({ inputs: part("inputs"), outputs: part("outputs"), params: part("params") });
}

function someOf(signature: Signature): Signature | undefined {
  const { inputs, outputs, params } = signature;
  return inputs.length + outputs.length + params.length > 0 ? signature : undefined;
}

function columnOf(value: unknown): Column {
  const fields = fieldsOf(value);
  const flag = (name: string) => (typeof fields[name] === "boolean" ? fields[name] : undefined);
  return {
    name: nameOf(fields["name"]),
    type: typeOf(fields),
    isRequired: flag("required"),
    isNullable: flag("nullable"),
    more: moreOf(fields),
  };
}

function nameOf(name: unknown): string {
  if (Array.isArray(name)) return name.map(String).join(" / ");
  return typeof name === "string" || typeof name === "number" ? String(name) : "";
}

/** The type in one line, as `list<float64>` or `float64 (any, 28, 28)`. */
function typeOf(fields: Fields): string {
  const tensor = fields["tensor-spec"] === undefined ? fields : fieldsOf(fields["tensor-spec"]);
  const type = textAt(fields, "type");
  if (type === undefined || type === "tensor") {
    const lengths = listAt(tensor, "shape").map((length) => (length === -1 ? "any" : String(length)));
    return `${textAt(tensor, "dtype") ?? "unknown"} (${lengths.join(", ")})`;
  }
  const items = fields["items"] ?? fields["values"];
  if (items !== undefined && type !== "category") return `${type}<${typeOf(fieldsOf(items))}>`;
  const inner = fields["fields"] ?? fields["properties"];
  if (inner !== undefined) return `${type}<${namedTypes(inner).join(", ")}>`;
  return listAt(fields, "shape").length > 0 ? `list<${type}>` : type;
}

function namedTypes(inner: unknown): string[] {
  if (Array.isArray(inner)) {
    return inner.map(fieldsOf).map((field) => `${nameOf(field["name"])}: ${typeOf(field)}`);
  }
  return Object.entries(fieldsOf(inner)).map(([name, field]) => `${name}: ${typeOf(fieldsOf(field))}`);
}

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function moreOf(fields: Fields): string {
  const levels = listAt(fields, "levels").map(shown);
  const [least, greatest] = listAt(fields, "range");
  const parts = [
    levels.length > 0 && levels.join(fields["ordered"] === true ? " < " : ", "),
    textAt(fields, "zone"),
    textAt(fields, "unit") && `in ${textAt(fields, "unit") ?? ""}`,
    (least != null || greatest != null) &&
      `seen ${least == null ? "−∞" : shown(least)} to ${greatest == null ? "∞" : shown(greatest)}`,
    fields["default"] !== undefined && shown(fields["default"]),
  ];
  return parts.filter(Boolean).join("; ");
}
