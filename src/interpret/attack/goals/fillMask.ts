/** Another token at a mask. */
import { cell } from '../../task/decision';
import {
  masksOf,
  nameOf,
  needId,
  needMask,
  readMasked,
  someMasks,
  type Mask,
} from '../../task/masked';
import { badQuestion, indexOfLargest, type TextAtHand } from '../../task/reading';
import type { LabelChoice } from '../../../protocol/task';
import type { Draft } from '../draft';
import type { Goal, GoalMaker } from '../goal';
import { alreadyPredicted } from './target';
import { describeUndecided, undecided } from './undecided';

/**
 * The mask of the question, else the first, shall be filled with another token than it is, or with the target. The margin is a
 * difference of two logits at the mask: of the likeliest other token and the original one, or of the target and the
 * likeliest other. A text whose mask the model does not read is never a success.
 */
export const fillMaskGoal: GoalMaker = ({ read, label, target }): Goal => {
  const { tokenizer } = read.hand;
  const masks = someMasks(read.hand);
  const index = maskIndex(label);
  const mask = needMask(masks, index);
  const own = mask.top[0]!;
  const wanted = target === null ? null : needId(tokenizer, target, mask.logits.length);
  const name = nameOf(tokenizer);
  if (wanted === own) alreadyPredicted(name(own));
  const { start, end } = read.hand.tokens[mask.token]!;
  const where = masks.length === 1 ? 'the mask' : `mask ${index + 1}`;
  const polesOf = ({ logits }: Mask): [number, number] =>
    wanted === null ? [likeliestBut(logits, own), own] : [wanted, likeliestBut(logits, wanted)];
  return {
    says:
      wanted === null
        ? `Make the model fill ${where} with anything but "${name(own)}".`
        : `Make the model fill ${where} with "${name(wanted)}" instead of "${name(own)}".`,
    from: name(own),
    label: { kind: 'mask', mask: index, token: name(own) },
    anchor: { field: 0, start, end },
    anchorMayChange: false,
    judge: ({ hand }, draft) => {
      const [now] = maskAt(hand, draft);
      if (!now) return undecided;
      const [plus, minus] = polesOf(now);
      const top = now.top[0]!;
      return {
        reached: wanted === null ? top !== own : top === wanted,
        margin: now.logits[plus]! - now.logits[minus]!,
      };
    },
    describe: ({ hand }, draft) => {
      const [now, at] = maskAt(hand, draft);
      if (!now) return describeUndecided(hand);
      const choice: LabelChoice = { kind: 'mask', mask: at, token: name(wanted ?? own) };
      return {
        label: name(now.top[0]!),
        prediction: readMasked(hand).ask(choice, 'both').prediction,
      };
    },
    parts: ({ hand }, draft) => {
      const [now] = maskAt(hand, draft);
      if (!now) return [];
      const [plus, minus] = polesOf(now);
      const cells = [cell(plus), cell(minus, -1)];
      return [{ window: now.window, weight: 1, decisions: [{ position: now.position, cells }] }];
    },
  };
};

function maskIndex(label: LabelChoice): number {
  switch (label.kind) {
    case 'mask':
      return label.mask;
    case 'predicted':
    case 'gold':
    case 'contrast':
    case 'label':
      return 0;
    case 'not':
    case 'span':
    case 'answer':
      throw badQuestion('This model fills in a mask; choose one of its masks (mask:INDEX:TOKEN).');
  }
}

/** The attacked mask and its index among those that were read. */
function maskAt(hand: TextAtHand, { anchor }: Draft): [Mask | undefined, number] {
  const masks = masksOf(hand);
  const at = masks.findIndex(({ token }) => hand.tokens[token]!.start === anchor?.start);
  return [masks[at], at];
}

function likeliestBut(logits: Float32Array, id: number): number {
  return indexOfLargest(logits.map((logit, at) => (at === id ? -Infinity : logit)));
}
