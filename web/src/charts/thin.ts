/** Keeps at most about `most` points of a curve: the first, the last, and of each stretch the lowest and the highest,
 * so that no spike is lost. */
export function thin(
  x: readonly number[],
  y: readonly number[],
  most: number,
): { x: readonly number[]; y: readonly number[] } {
  const count = x.length;
  if (count <= most) return { x, y };
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const kept: number[] = [0];
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = 1 + Math.floor((stretch * (count - 2)) / stretches);
    const to = 1 + Math.floor(((stretch + 1) * (count - 2)) / stretches);
    const [low, high] = extremes(y, from, to);
    kept.push(Math.min(low, high));
    if (low !== high) kept.push(Math.max(low, high));
  }
  kept.push(count - 1);
  const pick = (values: readonly number[]) => kept.map((at) => values[at] ?? NaN);
  return { x: pick(x), y: pick(y) };
}

/** Places of the lowest and the highest value from `from` to before `to`. */
function extremes(y: readonly number[], from: number, to: number): [number, number] {
  let low = from;
  let high = from;
  for (let at = from; at < to; at += 1) {
    const value = y[at] ?? NaN;
    if (value < (y[low] ?? NaN) || Number.isNaN(y[low])) low = at;
    if (value > (y[high] ?? NaN) || Number.isNaN(y[high])) high = at;
  }
  return [low, high];
}
