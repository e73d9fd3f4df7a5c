/** How numbers, times and sizes are written, everywhere on the page. */

const SIGNIFICANT = 4;

/** A metric's value as a number: the protocol writes what JSON lacks as the words NaN, Infinity, -Infinity. */
export function toNumber(value: number | string): number {
  if (typeof value === "number") return value;
  return Number(value);
}

/** Four significant digits, whole numbers in full; scientific where plain digits would run long. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return minus(String(value));
  if (size >= 1e7 || size < 1e-4) return minus(value.toExponential(SIGNIFICANT - 1).replace("e+", "e"));
  // Above 9999.5 `toPrecision` turns scientific; whole digits are easier to compare there.
  if (size >= 9999.5) return minus(String(Math.round(value)));
  return minus(value.toPrecision(SIGNIFICANT));
}

function minus(text: string): string {
  return text.replace(/^-/, "−");
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time span in milliseconds, in its two largest units. */
export function formatDuration(span: number): string {
  if (span < 0) return "0 s";
  if (span < 1000) return `${Math.round(span)} ms`;
  if (span < 10_000) return `${(span / 1000).toFixed(1)} s`;
  if (span < MINUTE) return `${Math.floor(span / 1000)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min ${Math.floor((span % MINUTE) / 1000)} s`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h ${Math.floor((span % HOUR) / MINUTE)} min`;
  return `${Math.floor(span / DAY)} d ${Math.floor((span % DAY) / HOUR)} h`;
}

/** How long ago, in one unit. */
export function formatAgo(time: number, now: number): string {
  const span = now - time;
  if (span < 10_000) return "just now";
  if (span < MINUTE) return `${Math.floor(span / 1000)} s ago`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min ago`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h ago`;
  if (span < 30 * DAY) return `${Math.floor(span / DAY)} d ago`;
  return new Date(time).toLocaleDateString(undefined, { year: "numeric", month: "short", day: "numeric" });
}

/** Local time to the second, and the same in UTC. */
export function formatExact(time: number): string {
  const date = new Date(time);
  const local = date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  return `${local}\n${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A length in bytes. */
export function formatBytes(size: number): string {
  if (size < 1000) return `${size} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = size;
  let unit = -1;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : String(Math.round(value))} ${units[unit] ?? "B"}`;
}

/** The size of a memory, in the units in which it is sold. */
export function formatMemory(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return gib < 1 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${Number(gib.toPrecision(3))} GiB`;
}

/** A count with its noun: "1 run", "2 runs", "10,000 runs". */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
