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
  const largest = Math.max(...values.map(Math.abs), 0);
  if (largest >= 1e6 && largest < 1e12) {
    const [unit, word] = largest >= 1e9 ? [1e9, "G"] : [1e6, "M"];
    const scaled = numberLabels(
      values.map((value) => value / unit),
      step / unit,
    );
    return scaled.map((label, at) => (values[at] === 0 ? "0" : label + word));
  }
  const decimals = decimalsOf(step);
  if (decimals > MOST_DECIMALS || largest >= 1e6) return values.map(formatNumber);
  return values.map((value) => value.toFixed(decimals).replace(/^-/, "−"));
}

/** Seconds as time spans. */
export function spanLabels(values: readonly number[]): string[] {
  return values.map((value) => (value === 0 ? "0" : formatDuration(value * 1000)));
}

const isPower = (value: number) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;

/** One digit is all that the marks of a logarithmic axis have. */
function short(value: number): string {
  if (value < 1e-4 || value >= 1e6) return value.toExponential(0).replace("e+", "e");
  return String(Number(value.toPrecision(1)));
}

/** On a logarithmic axis only the powers of ten get a word, unless there are not two of them. The library puts null where
 * it has no room for one, whatever its types say. */
export function powerLabels(values: readonly (number | null)[]): string[] {
  const hasPowers = values.filter((value) => value !== null && isPower(value)).length >= 2;
  return values.map((value) => (value !== null && (!hasPowers || isPower(value)) ? short(value) : ""));
}
