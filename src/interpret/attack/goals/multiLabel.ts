/** A label there that was not, or gone that was: of classifiers that give any number of labels. */
import { judgeLabels, meantLabel, readClassification } from '../../task/classifying';
import { cell } from '../../task/decision';
import { meanParts } from '../../task/wholeText';
import type { Goal, GoalMaker } from '../goal';
import { alreadyPredicted, choiceNamed } from './target';

/**
 * The attacked label is the target, which shall be there, or the one that the question is about: of a label that is there the
 * attack wants it gone, of another it wants it there. The margin is the label's logit, with the sign of what is wanted.
 */
export const multiLabelGoal: GoalMaker = ({ read, label, target }): Goal => {
  const original = judgeLabels(read.hand);
  const { labels } = original;
  const attacked =
    target === null ? meantLabel(original, label).label : choiceNamed(labels, target, 'label');
  const was = original.decided.includes(attacked);
  const name = labels[attacked]!;
  if (target !== null && was) alreadyPredicted(name);
  const sign = was ? -1 : 1;
  const inWords = (there: boolean): string => (there ? name : `not ${name}`);
  return {
    says: was
      ? `Make the model drop the label "${name}".`
      : `Make the model give the label "${name}".`,
    from: inWords(was),
    label: { kind: was ? 'label' : 'not', label: name },
    anchor: null,
    anchorMayChange: true,
    judge: ({ hand }) => {
      const { logits, decided } = judgeLabels(hand);
      // Never -0, which JSON and people read as something else.
      return { reached: decided.includes(attacked) !== was, margin: 0 + sign * logits[attacked]! };
    },
    describe: ({ hand }) => {
      const { prediction } = readClassification(hand).ask({ kind: 'label', label: name }, 'both');
      return { label: inWords(prediction.decided.includes(attacked)), prediction };
    },
    parts: ({ hand }) => meanParts(hand, [cell(attacked, sign)]),
  };
};
