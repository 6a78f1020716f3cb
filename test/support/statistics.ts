/** Correlations and error bars of studies. */
import { Random } from '../../src/interpret/random';

export function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample (divided by one less than its size); NaN for a single value. */
export function standardDeviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Pearson's correlation; NaN where one of the lists is constant. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [middleX, middleY] = [mean(x), mean(y)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - middleX, y[i]! - middleY];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
}

/** Spearman's correlation: Pearson's of the ranks. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return pearson(ranks(x), ranks(y));
}

/** Ranks from 1; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const found = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    // Ranks from + 1 to `to`.
    for (let i = from; i < to; i++) found[order[i]!] = (from + 1 + to) / 2;
  }
  return found;
}

/** A value with the limits between which 95 % of its bootstrap values lie. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Percentile bootstrap (Efron and Tibshirani 1993, section 13.3) of a statistic of several independent samples, by the numbers of what
 * was drawn from each: all are drawn again, with replacement, `rounds` times.
 */
export function bootstrap(
  sizes: readonly number[],
  statistic: (drawn: readonly (readonly number[])[]) => number,
  { rounds = 1000, seed = 1 } = {},
): Estimate {
  const random = new Random(seed);
  const values = Array.from({ length: rounds }, () =>
    statistic(sizes.map(size => Array.from({ length: size }, () => random.below(size)))),
  ).sort((a, b) => a - b);
  const value = statistic(sizes.map(size => Array.from({ length: size }, (_, i) => i)));
  return { value, low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

/** Of sorted values, linear between them. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
