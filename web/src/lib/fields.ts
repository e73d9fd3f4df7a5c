/** Reads of what another program wrote: what is missing or of another kind is as if it were not there. */

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function numberAt(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === "number" ? value : undefined;
}

export function listAt(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  return Array.isArray(value) ? value : [];
}

export function textsAt(fields: Fields, name: string): string[] {
  return listAt(fields, name).filter((each): each is string => typeof each === "string");
}

/** A number, or NaN. */
export const numberOf = (value: unknown): number => (typeof value === "number" ? value : NaN);

/** Numbers in their places; what is none is NaN. */
export const numbersAt = (fields: Fields, name: string): number[] => listAt(fields, name).map(numberOf);
