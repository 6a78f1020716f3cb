/** Another label for a text: of classifiers that choose one label, by a softmax or by the sigmoid of a single logit. */
import { judgeLabels, readClassification, type Judged } from '../../task/classifying';
import { badQuestion, indexOfLargest, type TextAtHand } from '../../task/reading';
import { meanParts } from '../../task/wholeText';
import type { Goal, GoalMaker } from '../goal';
import { alreadyPredicted, choiceNamed } from './target';

/**
 * A text has one decision, so the question's `label` is not looked at. The margin is the largest of the other logits minus
 * that of the original label, or the target's minus the largest other; of a single logit z the labels' logits are -z and z.
 */
export const classifyingGoal: GoalMaker = ({ read, target }): Goal => {
  const { labels, decided } = judgeLabels(read.hand);
  const own = decided[0]!;
  if (labels.length < 2) {
    throw badQuestion(
      `The model has a single label (${labels.join()}), so it can predict nothing else.`,
    );
  }
  const wanted = target === null ? null : choiceNamed(labels, target, 'label');
  if (wanted === own) alreadyPredicted(labels[own]!);
  const judged = (hand: TextAtHand): Judged & Poles => {
    const found = judgeLabels(hand);
    return { ...found, ...polesOf(found.logits, own, wanted) };
  };
  return {
    says:
      wanted === null
        ? `Make the model predict anything but "${labels[own]!}".`
        : `Make the model predict "${labels[wanted]!}" instead of "${labels[own]!}".`,
    from: labels[own]!,
    label: { kind: 'label', label: labels[own]! },
    anchor: null,
    anchorMayChange: true,
    judge: ({ hand }) => {
      const { decided: now, logits, plus, minus } = judged(hand);
      return {
        reached: wanted === null ? now[0] !== own : now[0] === wanted,
        margin: logits[plus]! - logits[minus]!,
      };
    },
    describe: ({ hand }) => {
      const { prediction } = readClassification(hand).ask({ kind: 'predicted' }, 'both');
      return { label: prediction.label, prediction };
    },
    parts: ({ hand }) => {
      const { cellOf, plus, minus } = judged(hand);
      return meanParts(hand, [cellOf(plus, 1), cellOf(minus, -1)]);
    },
  };
};

/** The two labels whose difference counts: the one that shall win and the one that shall lose. */
interface Poles {
  readonly plus: number;
  readonly minus: number;
}

function polesOf(logits: readonly number[], own: number, wanted: number | null): Poles {
  const best = (without: number): number =>
    indexOfLargest(logits.map((logit, label) => (label === without ? -Infinity : logit)));
  return wanted === null ? { plus: best(own), minus: own } : { plus: wanted, minus: best(wanted) };
}
