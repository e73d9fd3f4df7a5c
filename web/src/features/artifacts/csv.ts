/** One field with what ends it, at the place where the search stands: quoted, with "" for a quote inside, or bare. */
const fieldPattern = (separator: string) =>
  new RegExp(
    `(?:"((?:[^"]|"")*)("?)|([^${separator}\\r\\n]*))[^${separator}\\r\\n]*(${separator}|\\r?\\n|\\r|$)`,
    "y",
  );

/** Reads text with separators, quotes as in RFC 4180. Stops after `most` rows; passes over empty lines. */
export function readCsv(text: string, separator: "," | "\t", most: number): string[][] {
  const pattern = fieldPattern(separator);
  const rows: string[][] = [];
  let row: string[] = [];
  while (pattern.lastIndex < text.length && rows.length < most) {
    const [, quoted, , bare = "", end] = pattern.exec(text) ?? [];
    row.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === separator) {
      // A separator at the very end has an empty field after it.
      if (pattern.lastIndex === text.length) row.push("");
      else continue;
    }
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}
