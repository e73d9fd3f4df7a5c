type Column = ArrayLike<number | null | undefined>;

const known = new WeakMap<Column, number[]>();

/** Places of values that no line leads to or from, as gaps (null) or the ends are on both sides; undefined is passed over. */
export function lonePlaces(values: Column): number[] {
  let lone = known.get(values);
  if (!lone) {
    lone = [];
    // The last value, as long as no line was drawn to it.
    let loose: number | undefined;
    let isOpen = false;
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      if (value === undefined) continue;
      if (value === null) {
        if (loose !== undefined) lone.push(loose);
        loose = undefined;
        isOpen = false;
      } else {
        loose = isOpen ? undefined : at;
        isOpen = true;
      }
    }
    if (loose !== undefined) lone.push(loose);
    known.set(values, lone);
  }
  return lone;
}
