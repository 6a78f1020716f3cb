/** The words of a trace: what its lists are called, what it says when there is nothing in them, and what was measured. */
import type { InfluenceMethodName, InfluencePlace, InfluenceResult } from '../../src/protocol';
import { formatCount, formatRaw } from '../numbers';
import { featureWords } from '../training/trainingWords';

interface ListWords {
  readonly title: string;
  /** What it is to stand in the list. */
  readonly means: string;
  /** At the beginning of a row's name for ears. */
  readonly spoken: string;
}

const influence: Readonly<Record<InfluencePlace['list'], ListWords>> = {
  helps: { title: 'Helps', means: 'More weight on them lowers the loss.', spoken: 'helps' },
  hurts: { title: 'Hurts', means: 'More weight on them raises the loss.', spoken: 'hurts' },
};

/** Likeness is no influence: it is not said to help. */
const likeness: Readonly<Record<InfluencePlace['list'], ListWords>> = {
  helps: {
    title: 'Same label',
    means: 'The nearest of the lines with the label that is asked about.',
    spoken: 'same label',
  },
  hurts: {
    title: 'Another label',
    means: 'The nearest of the lines with another label.',
    spoken: 'another label',
  },
};

export function listWords(
  list: InfluencePlace['list'],
  method: InfluenceMethodName | null,
): ListWords {
  return (method === 'neighbours' ? likeness : influence)[list];
}

/** Why there is no row. */
export function emptySentence(
  list: InfluencePlace['list'],
  result: InfluenceResult | null,
  disagreeing: boolean,
): string {
  if (result === null) return 'Nothing traced yet.';
  const sign = list === 'helps' ? 'above' : 'below';
  if (disagreeing) {
    return `Of the lines whose label and prediction disagree none has a score ${sign} zero.`;
  }
  return `None of the ${formatCount(result.train.lines)} lines has a score ${sign} zero.`;
}

/** What was measured on the way, in short. */
export function factsOf({ residual, damping, train }: InfluenceResult): string[] {
  return [
    residual === null ? null : `residual ${formatRaw(residual, false)}`,
    damping === null ? null : `damping ${formatRaw(damping, false)}`,
    featureWords(train),
  ].filter(fact => fact !== null);
}
