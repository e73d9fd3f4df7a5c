import { memo, useMemo, type CSSProperties } from "react";

import { PLAIN, readAnsi, type AnsiStyle } from "../ansi";
import type { Match } from "../console-lines";
import styles from "./console-line.module.css";
import { markedPieces } from "../marked-pieces";

/** No more of a line is drawn: what has no line feeds may have megabytes. */
const LONGEST = 5_000;

interface ConsoleLineProps {
  text: string;
  start: AnsiStyle | undefined;
  matches: readonly Match[] | undefined;
  current: Match | undefined;
}

/** One line, coloured as its program wanted, with what was looked for marked. Text only ever becomes text. */
export const ConsoleLine = memo(function ConsoleLine({
  text,
  start = PLAIN,
  matches,
  current,
}: ConsoleLineProps) {
  const { pieces, left } = useMemo(() => {
    const { spans } = readAnsi(text, start);
    const length = spans.reduce((sum, span) => sum + span.text.length, 0);
    return { pieces: markedPieces(spans, matches ?? [], LONGEST), left: length - LONGEST };
  }, [text, start, matches]);
  return (
    <span className={styles["text"]}>
      {pieces.map((piece, at) =>
        piece.match ? (
          <mark key={at} className={styles["mark"]} data-current={piece.match === current}>
            {piece.text}
          </mark>
        ) : piece.style === PLAIN ? (
          piece.text
        ) : (
          <span key={at} className={styles["span"]} {...look(piece.style)}>
            {piece.text}
          </span>
        ),
      )}
      {left > 0 && <span className={styles["left"]}> … {left.toLocaleString("en-US")} more letters</span>}
    </span>
  );
});

function look(style: AnsiStyle) {
  const { fg, bg } = style;
  const own: Record<string, string> = {};
  if (typeof fg === "string") own["--own-fg"] = fg;
  if (typeof bg === "string") own["--own-bg"] = bg;
  return {
    "data-fg": typeof fg === "string" ? "own" : fg,
    "data-bg": typeof bg === "string" ? "own" : bg,
    "data-bold": style.bold,
    "data-dim": style.dim,
    "data-italic": style.italic,
    "data-underline": style.underline,
    "data-strike": style.strike,
    "data-inverse": style.inverse,
    style: own as CSSProperties,
  };
}
