/** What an attack may aim at, as the panel offers it. */
import { typesOf } from '../../interpret/task/entities';
import type { LabelChoice, ModelInfo } from '../../protocol';

/**
 * Of classifiers the labels, of taggers the types of entities and 'O', of a regression the two directions; empty where the
 * target is typed: a word at a mask, an answer.
 */
export function targetsOf({ task, labels }: Pick<ModelInfo, 'task' | 'labels'>): readonly string[] {
  switch (task) {
    case 'text-classification':
    case 'binary-classification':
    case 'multi-label-classification':
      return labels;
    case 'token-classification':
      return [...typesOf(labels), 'O'];
    case 'regression':
      return ['up', 'down'];
    case 'fill-mask':
    case 'question-answering':
      return [];
  }
}

/**
 * The decision to attack in a line that the panel explains: the one that it shows, where several could be meant (an entity,
 * a mask, an answer, one of many labels). Null where there is only one, and where another word was pointed at.
 */
export function decisionShown(
  task: ModelInfo['task'],
  choice: LabelChoice,
  focusWord: number | undefined,
): LabelChoice | null {
  switch (choice.kind) {
    case 'span': {
      const elsewhere =
        focusWord !== undefined && (focusWord < choice.start || focusWord >= choice.end);
      return elsewhere ? null : choice;
    }
    case 'mask':
    case 'answer':
      return choice;
    case 'label':
    case 'not':
      return task === 'multi-label-classification' ? choice : null;
    case 'predicted':
    case 'gold':
    case 'contrast':
      return null;
  }
}
