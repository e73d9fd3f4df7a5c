/** Reads the escape sequences by which programs colour what they print. All other control characters are left out. */

/** One of the sixteen colours of terminals by its number, or one of its own as CSS. */
export type AnsiColor = number | string;

export interface AnsiStyle {
  readonly fg?: AnsiColor | undefined;
  readonly bg?: AnsiColor | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly inverse?: boolean;
}

export interface Span {
  text: string;
  style: AnsiStyle;
}

export const PLAIN: AnsiStyle = Object.freeze({});

const ESC = String.fromCharCode(27);
const BEL = String.fromCharCode(7);
/** SGR and its kin; titles and links of a terminal; strings for devices; two-letter sequences; a bare control character. */
const SEQUENCE = new RegExp(
  `${ESC}\\[([0-?]*)[ -/]*([@-~])|${ESC}\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|` +
    `${ESC}[PX^_][^${ESC}]*(?:${ESC}\\\\)?|${ESC}[ -/]*[0-~]|(?!\\t)\\p{Cc}`,
  "gu",
);
const CONTROL = /(?!\t)\p{Cc}/u;

/** Whether a line is more than plain text. */
export function hasControls(line: string): boolean {
  return CONTROL.test(line);
}

/** The parts of a line that look alike; `end` is the style that the next line begins with. */
export function readAnsi(line: string, start: AnsiStyle = PLAIN): { spans: Span[]; end: AnsiStyle } {
  const spans: Span[] = [];
  let style = start;
  let from = 0;
  const put = (to: number) => {
    if (to <= from) return;
    const last = spans.at(-1);
    const text = line.slice(from, to);
    if (last?.style === style) last.text += text;
    else spans.push({ text, style });
  };
  for (const match of line.matchAll(SEQUENCE)) {
    put(match.index);
    from = match.index + match[0].length;
    if (match[2] === "m") style = styled(style, match[1] ?? "");
  }
  put(line.length);
  return { spans, end: style };
}

const SWITCHES: Record<number, AnsiStyle> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { fg: undefined },
  49: { bg: undefined },
};

function styled(style: AnsiStyle, params: string): AnsiStyle {
  const codes = params.split(/[;:]/).map(Number);
  let next = style;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 0) next = PLAIN;
    else if (code === 38 || code === 48) {
      const { color, length } = longColor(codes.slice(at + 1));
      at += length;
      if (color !== undefined) next = { ...next, [code === 38 ? "fg" : "bg"]: color };
    } else next = { ...next, ...(SWITCHES[code] ?? shortColor(code)) };
  }
  return next;
}

function shortColor(code: number): AnsiStyle {
  if (code >= 30 && code <= 37) return { fg: code - 30 };
  if (code >= 40 && code <= 47) return { bg: code - 40 };
  if (code >= 90 && code <= 97) return { fg: code - 82 };
  if (code >= 100 && code <= 107) return { bg: code - 92 };
  return PLAIN;
}

/** A colour of 256, or of red, green and blue; `length` is how many numbers it took. */
function longColor([kind, ...rest]: number[]): { color: AnsiColor | undefined; length: number } {
  if (kind === 5) return { color: ofPalette(rest[0] ?? 0), length: 2 };
  if (kind === 2) return { color: rgb(rest.slice(0, 3)), length: 4 };
  return { color: undefined, length: 1 };
}

function ofPalette(number: number): AnsiColor | undefined {
  if (!(number >= 0 && number <= 255)) return undefined;
  if (number < 16) return number;
  if (number >= 232) return rgb(Array<number>(3).fill(8 + 10 * (number - 232)));
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step);
  const place = number - 16;
  return rgb([Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6].map(level));
}

function rgb(parts: number[]): string | undefined {
  const isColor = parts.length === 3 && parts.every((part) => part >= 0 && part <= 255);
  return isColor ? `rgb(${parts.map(Math.round).join(" ")})` : undefined;
}
