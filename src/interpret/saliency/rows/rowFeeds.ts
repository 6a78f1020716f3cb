/** What a program that looks at each text once is fed. */
import { feedsOf, wholeNumbers, type Row } from '../../../model/inputs';
import type { ModelFacts } from '../../../model/model';
import type { ScalarKind } from '../../../protocol/explanation';
import type { Feeds } from '../../../runtime/session';
import type { Decision } from '../../task/decision';
import { decisionFeeds } from '../gradients/decisionFeeds';
import { programInputs as input } from '../gradients/programValues';

/** `columns`: how long the rows are together. An export with a fixed batch is filled up with rows that ask nothing. */
export function feedsOfRows(
  { inputs, head }: ModelFacts,
  rows: readonly Row[],
  decisions: readonly (readonly Decision[])[],
  scalar: ScalarKind,
  columns: number,
): Feeds {
  const count = inputs.batch ?? rows.length;
  const rowNumbers = Array.from({ length: count }, (_, i) => i);
  const asked = rowNumbers.map(row => decisions[row] ?? []);
  const mask = rowNumbers.flatMap(row =>
    Array.from({ length: columns }, (_, i) => rows[row]?.mask[i] ?? 0),
  );
  return {
    ...feedsOf(inputs, rows),
    [input.rowOf]: wholeNumbers('int64', [count], rowNumbers),
    [input.rowMask]: { dtype: 'float32', dims: [count, columns], data: Float32Array.from(mask) },
    ...decisionFeeds(head, { decisions: asked, scalar }, columns),
  };
}
