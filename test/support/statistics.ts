/** Correlations and error bars of studies. */
import * as correlation from '../../src/interpret/correlation';
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
  return correlation.pearson(x, y) ?? NaN;
}

/** Spearman's correlation: Pearson's of the ranks. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return correlation.spearman(x, y) ?? NaN;
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
