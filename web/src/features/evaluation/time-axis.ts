/** Times as a forecast has them, as places on an axis. */
const MARKS = 3;

export interface TimeAxis {
  x: number[];
  ticks: { at: number; label: string }[];
  nameOf: (x: number) => string;
}

/** Dates by their distance, numbers as they are, other texts one after the other. */
export function timeAxis(times: readonly (string | number)[]): TimeAxis {
  const dates = times.map((time) => (typeof time === "string" ? Date.parse(time) : NaN));
  const areDates = dates.every((date) => !Number.isNaN(date));
  const areNumbers = times.every((time) => typeof time === "number");
  const x = areDates ? dates : areNumbers ? times.map(Number) : times.map((_, at) => at);
  const texts = times.map((time) =>
    areDates
      ? String(time)
          .replace(/T00:00:00$/, "")
          .replace("T", " ")
      : String(time),
  );
  const names = new Map(x.map((place, at) => [place, texts[at] ?? ""]));
  const nameOf = (place: number) => names.get(place) ?? "";
  const last = x.length - 1;
  const marked = [
    ...new Set(Array.from({ length: MARKS }, (_, at) => Math.round((at * last) / (MARKS - 1)))),
  ];
  const ticks = marked.flatMap((at) => {
    const place = x[at];
    return place === undefined ? [] : [{ at: place, label: (texts[at] ?? "").slice(0, 10) }];
  });
  return { x, ticks, nameOf };
}
