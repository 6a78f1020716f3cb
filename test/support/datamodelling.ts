/** The linear datamodelling score: how well scores of training lines predict what retraining on some of them does. */
import { bootstrap, mean, spearman, type Estimate } from './statistics';

/** Retrainings on subsets of the training lines. */
export interface Retrainings {
  /** Of each subset, for each training line whether it was trained on. */
  readonly subsets: readonly (readonly boolean[])[];
  /** Loss of each test line after training on each subset (the mean over repeats), [subsets][test lines]. */
  readonly losses: readonly (readonly number[])[];
}

/** sum of the scores of the subset's lines: what the scores predict of a retraining on it, but for its scale. */
export function predictions(
  scores: ArrayLike<number>,
  subsets: Retrainings['subsets'],
): Float64Array {
  return Float64Array.from(subsets, subset =>
    subset.reduce((sum, chosen, line) => (chosen ? sum + scores[line]! : sum), 0),
  );
}

/**
 * Park et al. 2023 (TRAK), definition 2.3, averaged over test lines: Spearman's correlation, over the subsets, of the sum of the scores of
 * the lines trained on with the output, here minus the loss, because positive scores help. `scores`: of all training lines, for
 * some of the test lines, by their number. Limits by drawing both the test lines and the subsets anew.
 */
export function linearDatamodellingScore(
  scores: ReadonlyMap<number, ArrayLike<number>>,
  { subsets, losses }: Retrainings,
): Estimate {
  const lines = [...scores.keys()];
  const predicted = lines.map(line => predictions(scores.get(line)!, subsets));
  const actual = lines.map(line => losses.map(row => -row[line]!));
  return meanCorrelation(predicted, actual);
}

/** The mean over lines (first index) of Spearman's correlation over subsets (second index). */
export function meanCorrelation(
  x: readonly ArrayLike<number>[],
  y: readonly ArrayLike<number>[],
): Estimate {
  return bootstrap([x.length, x[0]!.length], ([lines, subsets]) => {
    const pick = (values: ArrayLike<number>): number[] => subsets!.map(at => values[at]!);
    return mean(lines!.map(line => spearman(pick(x[line]!), pick(y[line]!))));
  });
}

/**
 * The correlation with the mean of `repeats` retrainings that the best possible prediction would reach, if two single ones correlate by
 * `between`: the square root of their mean's reliability (Spearman 1910, Brown 1910).
 */
export function ceiling(between: number, repeats: number): number {
  return Math.sqrt((repeats * between) / (1 + (repeats - 1) * between));
}
