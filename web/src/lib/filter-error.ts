/** A failure that may come from the server. */
export type Failure = Error & { status?: number; facts?: Readonly<Record<string, unknown>> };

const BAD_REQUEST = 400;

/** Whether the server could not take what the person typed, as opposed to not answering at all. */
export function isFilterError(error: Failure | null): boolean {
  return error?.status === BAD_REQUEST;
}

/** The place in `filter` at which the server stopped reading, if it told one. */
export function placeInFilter(filter: string, error: Failure | null): number | undefined {
  const { text, position } = error?.facts ?? {};
  return text === filter && typeof position === "number" ? position : undefined;
}
