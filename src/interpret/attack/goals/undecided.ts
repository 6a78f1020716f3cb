/** What is said about a text in which the attacked decision cannot be found. */
import type { Prediction } from '../../../protocol/explanation';
import type { Description, Verdict } from '../goal';
import type { TextAtHand } from '../../task/reading';

/** In place of a difference of logits where a side of it has none: farther off than any that has both. */
export const outOfReach = -1e6;

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
