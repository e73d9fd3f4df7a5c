/** What charts take: plain numbers, no word of runs or of servers. */
export interface Series {
  id: string;
  label: string;
  /** Name of the CSS variable that holds the colour, as `--run-3`. */
  color: string;
  /** 0 for a plain line; else one of the kinds of dashes, for a series whose colour another has already. */
  dash: number;
  /** Rising. Steps, seconds since the epoch, or seconds, as the axis says. */
  x: readonly number[];
  /** As long as `x`; NaN marks a gap. */
  y: readonly number[];
}

export type XKind = "step" | "time" | "relative";

export interface Range {
  min: number;
  max: number;
}
