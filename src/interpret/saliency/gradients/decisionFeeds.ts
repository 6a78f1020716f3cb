/** What the program is fed about the decisions: which tokens are decided, and how each choice enters the scalar. */
import type { Head } from '../../../model/head';
import { wholeNumbers } from '../../../model/inputs';
import type { ScalarKind } from '../../../protocol/explanation';
import type { Feeds } from '../../../runtime/session';
import type { Cell, Decision } from '../../task/decision';
import { programInputs as input } from './programValues';
import type { Work } from './runPoints';

/** Inputs of the program by link; a link without a weight has no such input (scalarGraph.ts). */
const weightsOf = {
  identity: [input.onLogits],
  softmax: [input.onLogits, input.onProbabilities, input.onLogProbabilities],
  sigmoid: [input.onLogits, input.onProbabilities, input.onLogProbabilities, input.onLogAbsences],
} as const;

/** The weights of all rows' decisions, [R, K, C] each. `columns`: the length of the rows. */
export function decisionFeeds(
  head: Head,
  { decisions, scalar }: Pick<Work, 'decisions' | 'scalar'>,
  columns: number,
): Feeds {
  // An answer's ends are two decisions, in this order, whichever of them is asked about.
  const count = head.decides === 'ends' ? 2 : Math.max(1, ...decisions.map(row => row.length));
  const choices = head.classes ?? columns;
  const size = count * choices;
  const weights = Object.fromEntries(
    weightsOf[head.link].map(name => [name, new Float32Array(decisions.length * size)]),
  );
  decisions.forEach((ofRow, row) => {
    ofRow.forEach(({ position, cells }, index) => {
      const at = row * size + (head.decides === 'ends' ? position : index) * choices;
      for (const one of cells) {
        const [name, weight] = entryOf(head, scalar, one);
        weights[name]![at + one.choice]! += weight;
      }
    });
  });
  const dims = [decisions.length, count, choices];
  const feeds: Feeds = Object.fromEntries(
    Object.entries(weights).map(([name, data]) => [name, { dtype: 'float32', dims, data }]),
  );
  if (head.decides !== 'token') return feeds;
  const positions = decisions.flatMap(ofRow =>
    Array.from({ length: count }, (_, index) => ofRow[index]?.position ?? 0),
  );
  return {
    ...feeds,
    [input.positions]: wholeNumbers('int64', [decisions.length, count], positions),
  };
}

/** Which weight a choice enters, and how large; a label that is off turns the sign of what it is not. */
function entryOf(
  { link }: Head,
  scalar: ScalarKind,
  { weight, off }: Cell,
): [(typeof input)[keyof typeof input], number] {
  const sign = off ? -1 : 1;
  if (scalar === 'logit' || link === 'identity') return [input.onLogits, sign * weight];
  if (scalar === 'probability') return [input.onProbabilities, sign * weight];
  return [off ? input.onLogAbsences : input.onLogProbabilities, -weight];
}

/** Nothing is asked: the model is only run. */
export function idleDecisions(rows: number, positions: readonly number[]): Decision[][] {
  return Array.from({ length: rows }, () => positions.map(position => ({ position, cells: [] })));
}
