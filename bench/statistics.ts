/** Median and spread of one cell's rounds. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? NaN, sorted[Math.floor(middle)] ?? NaN];
  return { median: (low + high) / 2, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

export const toText = ({ median, min, max }: Summary) => `${short(median)} [${short(min)}–${short(max)}]`;

export const short = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
