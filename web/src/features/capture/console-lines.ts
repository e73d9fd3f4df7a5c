/** The lines of a run's console, put together from the segments that the client wrote. */
import { hasControls, PLAIN, readAnsi, type AnsiStyle } from "./ansi";

export interface Segment {
  name: string;
  lines: readonly string[];
  /** Whether a later one was there when it was read: then it does not change any more. */
  isFinal: boolean;
}

export interface ConsoleLines {
  /** As printed, escape sequences and all. */
  raw: string[];
  /** What a reader sees of them. */
  plain: string[];
  /** The style that a line begins with, where it is not the usual one. */
  starts: Map<number, AnsiStyle>;
  /** Length of the longest line, in letters. */
  width: number;
}

/** Splits the text of a segment; of a line that was printed over itself the last state is kept. */
export function splitLines(text: string): string[] {
  return text.split("\n").map((line) => {
    if (!line.includes("\r")) return line;
    const bare = line.replace(/\r+$/, "");
    return bare.slice(bare.lastIndexOf("\r") + 1);
  });
}

/** Joins segments: a line may begin in one and go on in the next. The line feed at the very end begins no line. */
function joined(segments: readonly Segment[]): string[] {
  const all: string[] = [];
  let open = "";
  for (const { lines } of segments) {
    const [first = "", ...others] = lines;
    open += first;
    for (const line of others) {
      all.push(open);
      open = line;
    }
  }
  if (open !== "") all.push(open);
  return all;
}

/** The lines of all segments, and how they look. */
export function consoleLines(segments: readonly Segment[]): ConsoleLines {
  const raw = joined(segments);
  const plain: string[] = [];
  const starts = new Map<number, AnsiStyle>();
  let style = PLAIN;
  let width = 0;
  for (const [at, line] of raw.entries()) {
    if (style !== PLAIN) starts.set(at, style);
    let seen = line;
    if (hasControls(line)) {
      const { spans, end } = readAnsi(line, style);
      seen = spans.map((span) => span.text).join("");
      style = end;
    }
    plain.push(seen);
    width = Math.max(width, seen.length);
  }
  return { raw, plain, starts, width };
}

export interface Match {
  line: number;
  from: number;
  to: number;
}

const MOST_MATCHES = 20_000;

/** Where a text stands in the lines, whatever its case. Stops after very many. */
export function findInLines(lines: readonly string[], text: string): { matches: Match[]; isCut: boolean } {
  const matches: Match[] = [];
  if (text === "") return { matches, isCut: false };
  const pattern = new RegExp(escaped(text), "giu");
  for (const [line, content] of lines.entries()) {
    for (const found of content.matchAll(pattern)) {
      if (matches.length === MOST_MATCHES) return { matches, isCut: true };
      matches.push({ line, from: found.index, to: found.index + found[0].length });
    }
  }
  return { matches, isCut: false };
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
