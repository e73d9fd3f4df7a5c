/** An exponential moving average that starts unbiased.
 *
 * `weight` from 0 (as it is) to below 1. A plain average leans to its first value; dividing by the weights summed so
 * far takes that away. Values that are not finite stay as they are and do not enter the average. */
export function smooth(values: readonly number[], weight: number): number[] {
  if (weight <= 0) return [...values];
  let average = 0;
  let rest = 1;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    average = average * weight + value * (1 - weight);
    rest *= weight;
    return average / (1 - rest);
  });
}
