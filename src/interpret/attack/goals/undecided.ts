/** What is said about a text in which the attacked decision cannot be found. */
import type { Prediction } from '../../../protocol/explanation';
import type { Description, Verdict } from '../goal';
import type { TextAtHand } from '../../task/reading';

/** In place of a difference of logits where a side of it has none: farther off than any that has both. */
const outOfReach = -1e6;

/**
 * The score of what shall win minus that of what shall lose. Where there is no such thing (null) there is no difference: 0 of a text
 * that is reached all the same, and else less than any text comes to that has both.
 */
export function verdict(reached: boolean, plus: number | null, minus: number | null): Verdict {
  if (plus !== null && minus !== null) return { reached, margin: plus - minus };
  return { reached, margin: reached ? 0 : outOfReach };
}

/** No part of the text that the model read has the mask, or a context: it decides nothing, so no attack has succeeded. */
export const undecided: Verdict = { reached: false, margin: outOfReach };

/** With no bars: nothing was chosen from. */
export function describeUndecided({ head }: TextAtHand): Description {
  const label = 'not read';
  const prediction: Prediction = {
    task: head.task,
    link: head.link,
    label,
    labels: [],
    logits: [],
    probabilities: [],
    decided: [],
    right: [],
    entities: [],
  };
  return { label, prediction };
}
