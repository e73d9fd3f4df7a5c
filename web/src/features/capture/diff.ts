/** Reads what `git diff` writes. */

export interface DiffLine {
  kind: "same" | "added" | "removed" | "note";
  text: string;
  /** Number of the line before and after; `undefined` where it is not there. */
  before: number | undefined;
  after: number | undefined;
}

export interface Hunk {
  /** What git says of the place, as the name of the function. */
  place: string;
  /** Whether nothing of the file stands before it. */
  isAtTop: boolean;
  lines: DiffLine[];
}

export interface FileDiff {
  path: string;
  /** The former path of a file that was renamed or copied. */
  from: string | undefined;
  change: "changed" | "added" | "deleted" | "renamed" | "copied";
  isBinary: boolean;
  added: number;
  removed: number;
  hunks: Hunk[];
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;
const ESCAPES: Record<string, number> = { n: 10, t: 9, r: 13, '"': 34, "\\": 92, a: 7, b: 8, v: 11, f: 12 };

/** The files of a diff, in its order. What stands before the first file, or cannot be read, is passed over. */
export function readDiff(text: string): FileDiff[] {
  const files: FileDiff[] = [];
  const lines = text.split("\n");
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const file = files.at(-1);
    if (line.startsWith("diff --git ")) files.push(fileOf(line));
    else if (file) {
      const hunk = HUNK.exec(line);
      if (hunk && !file.isBinary) {
        at = readHunk(lines, at + 1, hunk, file);
        continue;
      }
      readHeader(line, file);
    }
    at += 1;
  }
  return files;
}

function fileOf(line: string): FileDiff {
  // Both names are the same here unless the file is renamed, which later lines tell.
  const names = line.slice("diff --git ".length);
  const path = names.startsWith('"')
    ? unquoted(/ ("b\/.*")$/.exec(names)?.[1] ?? names).replace(/^b\//, "")
    : names.slice((names.length + 1) / 2).replace(/^b\//, "");
  return { path, from: undefined, change: "changed", isBinary: false, added: 0, removed: 0, hunks: [] };
}

function readHeader(line: string, file: FileDiff): void {
  const [, verb, side, name] = /^(rename|copy) (from|to) (.*)$/.exec(line) ?? [];
  if (verb !== undefined && name !== undefined) {
    file.change = verb === "rename" ? "renamed" : "copied";
    if (side === "from") file.from = unquoted(name);
    else file.path = unquoted(name);
  } else if (line.startsWith("new file mode")) file.change = "added";
  else if (line.startsWith("deleted file mode")) file.change = "deleted";
  else if (line === "GIT binary patch" || /^Binary files .* differ$/.test(line)) file.isBinary = true;
  else if (line.startsWith("+++ ") && line !== "+++ /dev/null") {
    file.path = unquoted(line.slice(4).replace(/\t$/, "")).replace(/^b\//, "");
  }
}

const KINDS: Record<string, DiffLine["kind"]> = { "+": "added", "-": "removed", " ": "same" };

/** Reads the lines of a hunk by its own counts, as a removed line may look like the head of a file. */
function readHunk(lines: readonly string[], start: number, head: RegExpExecArray, file: FileDiff): number {
  const [, from, fromCount = "1", to, toCount = "1", place = ""] = head;
  let [before, after] = [Number(from), Number(to)];
  const [lastBefore, lastAfter] = [before + Number(fromCount), after + Number(toCount)];
  const hunk: Hunk = { place, isAtTop: Math.max(before, after) <= 1, lines: [] };
  file.hunks.push(hunk);
  for (let at = start; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const text = line.slice(1);
    if (line.startsWith("\\")) {
      hunk.lines.push({ kind: "note", text: text.trim(), before: undefined, after: undefined });
      continue;
    }
    const kind = before < lastBefore || after < lastAfter ? KINDS[line.charAt(0)] : undefined;
    if (kind === undefined) return at;
    const [isBefore, isAfter] = [kind !== "added", kind !== "removed"];
    hunk.lines.push({
      kind,
      text,
      before: isBefore ? before : undefined,
      after: isAfter ? after : undefined,
    });
    before += Number(isBefore);
    after += Number(isAfter);
    file.added += Number(!isBefore);
    file.removed += Number(!isAfter);
  }
  return lines.length;
}

/** A name that git put into quotes, as it has letters beyond ASCII: `"a\303\244.py"`. */
function unquoted(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return name;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [part, octal, letter] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/gs)) {
    if (octal !== undefined) bytes.push(parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0));
    else bytes.push(...encoder.encode(part));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
