/** Words at the axes of a chart. */
import { formatDuration, formatNumber } from "@/lib/format";

const MOST_DECIMALS = 6;

/** How many decimals a number has, up to one more than are shown. */
function decimalsOf(step: number): number {
  let decimals = 0;
  for (let scaled = step; decimals <= MOST_DECIMALS; decimals += 1, scaled *= 10) {
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) break;
  }
  return decimals;
}

/** Numbers that stand `step` apart, with as many decimals as it takes to tell them apart. */
export function numberLabels(values: readonly number[], step: number): string[] {
  const decimals = decimalsOf(step);
  const largest = Math.max(...values.map(Math.abs), 0);
  if (decimals > MOST_DECIMALS || largest >= 1e6) return values.map(formatNumber);
  return values.map((value) => value.toFixed(decimals).replace(/^-/, "−"));
}

/** Seconds as time spans. */
export function spanLabels(values: readonly number[]): string[] {
  return values.map((value) => (value === 0 ? "0" : formatDuration(value * 1000)));
}

/** On a logarithmic axis only the powers of ten get a word. */
export function powerLabels(values: readonly number[]): string[] {
  return values.map((value) => (Math.abs(Math.log10(value) % 1) < 1e-9 ? formatNumber(value) : ""));
}
