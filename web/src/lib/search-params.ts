/** The query part of an address, kept readable: plain text, lists as repeated names. */

export type SearchParams = Record<string, string | string[]>;

export function parseSearch(text: string): SearchParams {
  const found: SearchParams = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const former = found[name];
    if (former === undefined) found[name] = value;
    else found[name] = [...(Array.isArray(former) ? former : [former]), value];
  }
  return found;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (Array.isArray(value)) for (const one of value) params.append(name, String(one));
    else if (typeof value === "string" && value !== "") params.set(name, value);
    else if (typeof value === "number" || value === true) params.set(name, String(value));
  }
  // These stand bare in a query without harm, and read better so.
  const text = params.toString().replaceAll(/%(2F|3A|2C|40|7E)/g, decodeURIComponent);
  return text ? `?${text}` : "";
}

/** One value of a name; the last where it was given several times. */
export function one(value: unknown): string | undefined {
  if (Array.isArray(value)) return one(value.at(-1));
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Every value of a name. */
export function many(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.filter((each): each is string => typeof each === "string");
  return typeof value === "string" && value !== "" ? [value] : undefined;
}
