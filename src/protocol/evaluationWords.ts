/** The parts of an evaluation in words, for tables on every screen. */
import type { EvaluationProblem } from './evaluation';

export const problemNames: Readonly<Record<EvaluationProblem['kind'], string>> = {
  unreadable: 'cannot be read',
  empty: 'empty',
  'unknown-label': 'label unknown to the model',
  truncated: 'longer than the model reads',
  failed: 'failed',
};
