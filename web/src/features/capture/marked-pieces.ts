import type { AnsiStyle, Span } from "./ansi";
import type { Match } from "./console-lines";

interface Piece {
  text: string;
  style: AnsiStyle;
  /** The place that was looked for, where this is a part of it. */
  match: Match | undefined;
}

/** Cuts spans where marks begin and end; no more than `longest` letters in all. */
export function markedPieces(spans: readonly Span[], matches: readonly Match[], longest: number): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let next = 0;
  for (const { text, style } of spans) {
    const end = Math.min(at + text.length, longest);
    let from = at;
    while (from < end) {
      while ((matches[next]?.to ?? Infinity) <= from) next += 1;
      const match = matches[next];
      const isInside = match !== undefined && match.from <= from;
      const to = Math.min(end, isInside ? match.to : (match?.from ?? end));
      pieces.push({ text: text.slice(from - at, to - at), style, match: isInside ? match : undefined });
      from = to;
    }
    at += text.length;
  }
  return pieces;
}
