/** A number that moves: of regressions. */
import { cell } from '../../task/decision';
import { badQuestion, type TextAtHand } from '../../task/reading';
import { readRegression, shortNumber, valueIndex } from '../../task/regressing';
import { meanLogits, meanParts } from '../../task/wholeText';
import type { Goal, GoalMaker } from '../goal';
import { wayNamed } from './target';

/**
 * The value shall move by at least `by` from that of the original: up, down, or (no target) either way. The margin is how far it
 * has moved minus `by`, in the value's own units. Either way means further along the way that it has gone, and up at the start.
 */
export const regressingGoal: GoalMaker = ({ read, label, target, by }): Goal => {
  const { labels } = read.hand.head;
  const index = valueIndex(labels, label);
  const way = target === null ? null : wayNamed(target);
  if (!(by > 0 && Number.isFinite(by))) {
    throw badQuestion(`The value must move by a number greater than 0, and ${by} is none.`);
  }
  const valueOf = (hand: TextAtHand): number => meanLogits(hand)[index]!;
  const original = valueOf(read.hand);
  const signOf = (moved: number): 1 | -1 => {
    if (way !== null) return way === 'up' ? 1 : -1;
    return moved < 0 ? -1 : 1;
  };
  const name = `${labels[index]!} (${shortNumber(original)})`;
  return {
    says: `Make the model's ${name} ${{ up: 'rise', down: 'fall', any: 'move' }[way ?? 'any']} by at least ${by}.`,
    from: shortNumber(original),
    label: { kind: 'label', label: labels[index]! },
    anchor: null,
    anchorMayChange: true,
    judge: ({ hand }) => {
      const moved = valueOf(hand) - original;
      const margin = signOf(moved) * moved - by;
      return { reached: margin >= 0, margin };
    },
    describe: ({ hand }) => {
      const choice = { kind: 'label', label: labels[index]! } as const;
      const { prediction } = readRegression(hand).ask(choice, 'both');
      return { label: shortNumber(prediction.logits[index]!), prediction };
    },
    parts: ({ hand }) => meanParts(hand, [cell(index, signOf(valueOf(hand) - original))]),
  };
};
