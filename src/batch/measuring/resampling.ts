/** How much of a number over lines is chance: bootstrap, and randomisation against the random explainer. */
import { Random } from '../../interpret/random';

/** A number of some lines; null where it is undefined. */
export type Statistic<T> = (lines: readonly T[]) => number | null;

const mostRounds = 1000;
const leastRounds = 100;
/** Items that are drawn over all rounds, for time. */
const mostItems = 400_000;
/** Differences that chance makes this often are called chance. */
const level = 0.05;

/** Rounds for lines that have so many items (a line has one, or several edits). */
export function roundsFor(items: number): number {
  return Math.round(Math.min(mostRounds, Math.max(leastRounds, mostItems / Math.max(1, items))));
}

/** Standard deviation of a statistic over bootstrap samples of the lines (Efron and Tibshirani 1993, chapter 6); 0 for a single line. */
export function bootstrapError<T>(
  lines: readonly T[],
  statistic: Statistic<T>,
  rounds: number,
): number {
  const random = new Random(1);
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const value = statistic(lines.map(() => lines[random.below(lines.length)]!));
    if (value !== null) values.push(value);
  }
  return standardDeviation(values);
}

/** Of a sample; 0 for fewer than two values. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Whether the difference of a statistic between two methods on the same lines may be chance, by approximate randomisation (Noreen 1989,
 * Computer-Intensive Methods for Testing Hypotheses): which of the two a line's result belongs to is drawn anew for each line and round. The share
 * of rounds with a difference at least as large, the one at hand counted, is the p-value; up to 5 % it is no chance. So fewer than six lines
 * are never enough, and of twenty comparisons of equals one is called a difference: there is no correction for their number.
 * @param pairs what both have found on a line, ours first.
 */
export function compare<T>(
  pairs: readonly (readonly [T, T])[],
  statistic: Statistic<T>,
  better: 'higher' | 'lower',
  rounds: number,
): 'better' | 'worse' | 'no better' | null {
  const ours = statistic(pairs.map(([one]) => one));
  const theirs = statistic(pairs.map(([, other]) => other));
  if (ours === null || theirs === null) return null;
  const difference = ours - theirs;
  const random = new Random(2);
  let asLarge = 1;
  let drawn = 1;
  for (let round = 0; round < rounds; round++) {
    const swap = pairs.map(() => random.next() < 0.5);
    const one = statistic(pairs.map((pair, i) => pair[swap[i] ? 1 : 0]));
    const other = statistic(pairs.map((pair, i) => pair[swap[i] ? 0 : 1]));
    if (one === null || other === null) continue;
    drawn++;
    // Sums in another order differ by rounding.
    if (Math.abs(one - other) >= Math.abs(difference) * (1 - 1e-9)) asLarge++;
  }
  if (difference === 0 || asLarge / drawn > level) return 'no better';
  return difference > 0 === (better === 'higher') ? 'better' : 'worse';
}
