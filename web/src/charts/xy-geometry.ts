/** From values to places on the screen, and back to the nearest one. */

interface Line {
  id: string;
  label: string;
  color: string;
  isDashed?: boolean;
  x: readonly number[];
  y: readonly number[];
}

export interface Place {
  line: Line;
  x: number;
  y: number;
  left: number;
  top: number;
}

/** From a range of values to a range of pixels. */
export function scaleOf(low: number, high: number, from: number, to: number): (value: number) => number {
  const span = high - low || 1;
  return (value) => from + ((value - low) / span) * (to - from);
}

/** The path through some places; broken where one is no number. */
export function pathOf(xs: readonly number[], ys: readonly number[]): string {
  let path = "";
  let isOpen = false;
  xs.forEach((x, at) => {
    const y = ys[at] ?? NaN;
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      isOpen = false;
      return;
    }
    path += `${isOpen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    isOpen = true;
  });
  return path;
}

/** The point of the lines that is nearest to a place on the screen; none where all are further away. */
export function nearestPoint(
  lines: readonly Line[],
  x: (value: number) => number,
  y: (value: number) => number,
  at: { x: number; y: number },
  within: number,
): Place | undefined {
  let best: Place | undefined;
  let distance = within;
  for (const line of lines) {
    line.x.forEach((value, place) => {
      const other = line.y[place] ?? NaN;
      const left = x(value);
      const top = y(other);
      const away = Math.hypot(left - at.x, top - at.y);
      if (away < distance) {
        distance = away;
        best = { line, x: value, y: other, left, top };
      }
    });
  }
  return best;
}
