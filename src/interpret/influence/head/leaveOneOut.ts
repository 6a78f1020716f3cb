/** Checks influence against what it predicts: the head is trained again without a row, and the loss of another row measured. */
import type { FeatureSource } from './features';
import { HeadInfluence, type HeadQuery } from './headInfluence';
import { trainHead } from './trainHead';
import type { LinearHead } from './linearHead';
import { directionsOf } from './directions';
import { gradientOf } from './headPass';

export interface LeaveOneOut {
  readonly row: number;
  /** The change of the test loss when the row is left out: predicted (score / n), and measured by training again. */
  readonly predicted: number;
  readonly actual: number;
}

export interface LeaveOneOutOptions {
  /** L2 of the training, and the damping of the influence. */
  readonly damping: number;
  /** Which rows are left out, of the scores of all. */
  readonly choose: (scores: Float64Array) => readonly number[];
  readonly signal?: AbortSignal;
}

/**
 * Trains `start` to its optimum, predicts the change of the loss of `test` for each chosen row and trains again without it, from
 * that optimum. Koh and Liang 2017, section 4.1; the mean stays over n, so that nothing else changes than the row.
 */
export async function leaveOneOut(
  source: FeatureSource,
  start: LinearHead,
  test: HeadQuery,
  { damping, choose, signal }: LeaveOneOutOptions,
): Promise<LeaveOneOut[]> {
  const shared = { damping, ...(signal && { signal }) };
  const { head } = await trainHead(source, start, shared);
  const influence = await HeadInfluence.of(source, head, shared);
  const [scores] = await influence.scores([test], signal);
  const directions = directionsOf(head.link, head.classes);
  const lossWith = (weights: LinearHead): number => gradientOf(weights, directions, test).loss;
  const before = lossWith(head);
  const found: LeaveOneOut[] = [];
  for (const row of choose(scores!)) {
    const without = await trainHead(source, head, {
      ...shared,
      weight: index => (index === row ? 0 : 1),
    });
    const predicted = scores![row]! / source.rows;
    found.push({ row, predicted, actual: lossWith(without.head) - before });
  }
  return found;
}
