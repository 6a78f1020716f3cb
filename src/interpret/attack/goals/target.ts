/** What the user wants predicted instead, as one of the choices that the model has. */
import { findLabel } from '../../../model/labels';
import { badQuestion } from '../../task/reading';
import { NothingToAttack } from '../goal';

/** So many choices are listed in a message. */
const listed = 20;

/** The choice that `target` names. Throws GlassboxError 'bad-input' where the model has none of that name. */
export function choiceNamed(
  choices: readonly string[],
  target: string,
  what: 'label' | 'type',
): number {
  const found = findLabel(choices, target);
  if (found !== null) return found;
  const shown = choices.slice(0, listed).join(', ') + (choices.length > listed ? ', ...' : '');
  throw badQuestion(
    `The model has no ${what} "${target}", so it cannot be made to predict it; its ${what}s are ${shown}.`,
  );
}

/** Throws: what is wanted is predicted of the original. */
export function alreadyPredicted(target: string): never {
  throw new NothingToAttack(`already predicted: ${target}`);
}
