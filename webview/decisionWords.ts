/** What was decided, and what the file says about it, in words. */
import type { Entity, Explanation, Prediction, TaskKind } from '../src/protocol';
import { formatCount } from './numbers';

function countEntities(count: number): string {
  if (count === 0) return 'no entity';
  return `${formatCount(count)} ${count === 1 ? 'entity' : 'entities'}`;
}

/** The decision as the panel heads it; entities have a row of their own, so they are only counted. */
export function decisionWords({ task, label, entities }: Prediction): string {
  if (task !== 'token-classification') return label;
  return countEntities(entities.filter(({ status }) => status !== 'missed').length);
}

function goldInShort({ gold, prediction: { task, entities } }: Explanation): string {
  if (task !== 'token-classification') return gold ?? '';
  const inGold = ({ status }: Entity) => status === 'missed' || status === 'right';
  return countEntities(entities.filter(inGold).length);
}

/** What the file itself says about the prediction. */
export function goldWords(
  inFile: string | null,
  explanation: Explanation,
): { readonly text: string; readonly agrees: boolean | null } {
  const { gold, correct, prediction } = explanation;
  if (gold !== null) {
    const verdict = correct === null ? '' : ` \u2013 ${correct ? 'agrees' : 'disagrees'}`;
    return { text: `gold: ${goldInShort(explanation)}${verdict}`, agrees: correct };
  }
  if (inFile === null) return { text: `no gold ${goldNouns[prediction.task]}`, agrees: null };
  return { text: `gold: ${inFile} \u2013 ${unknownGold[prediction.task]}`, agrees: null };
}

const goldNouns: Readonly<Record<TaskKind, string>> = {
  'text-classification': 'label',
  'binary-classification': 'label',
  'multi-label-classification': 'labels',
  regression: 'number',
  'token-classification': 'tags',
  'fill-mask': 'token',
  'question-answering': 'answer',
};

const notALabel = 'not a label of this model';
const unknownGold: Readonly<Record<TaskKind, string>> = {
  'text-classification': notALabel,
  'binary-classification': notALabel,
  'multi-label-classification': notALabel,
  regression: 'not a number',
  'token-classification': 'no tags of this model',
  'fill-mask': 'not one token of this model',
  'question-answering': 'not in the context',
};
