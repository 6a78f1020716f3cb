/** What the user wants predicted instead, as one of the choices that the model has. */
import { findLabel } from '../../../model/labels';
import type { TaskKind } from '../../../protocol/task';
import { isOutside, typesOf } from '../../task/entities';
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

/** The type of entity that `target` names, null for 'O'. Throws like `choiceNamed`. */
export function typeNamed(labels: readonly string[], target: string): string | null {
  const choices = [...typesOf(labels), ...labels.filter(isOutside)];
  const name = choices[choiceNamed(choices, target, 'type')]!;
  return isOutside(name) ? null : name;
}

/** Throws GlassboxError 'bad-input' for what is no way for a value to go. */
export function wayNamed(target: string): 'up' | 'down' {
  if (target === 'up' || target === 'down') return target;
  throw badQuestion(
    `A regression gives a number, so it can be made to go "up" or "down" but not to "${target}"; choose one of them.`,
  );
}

/**
 * Throws GlassboxError 'bad-input' where no text at all can have this target. Words and answers are known only once a text is
 * read: of them nothing is said here.
 */
export function checkTarget(task: TaskKind, labels: readonly string[], target: string): void {
  switch (task) {
    case 'text-classification':
    case 'binary-classification':
    case 'multi-label-classification':
      choiceNamed(labels, target, 'label');
      break;
    case 'token-classification':
      typeNamed(labels, target);
      break;
    case 'regression':
      wayNamed(target);
      break;
    case 'fill-mask':
    case 'question-answering':
  }
}

/** Throws: what is wanted is predicted of the original. */
export function alreadyPredicted(target: string): never {
  throw new NothingToAttack(`already predicted: ${target}`);
}
