/** How many words of a text an attack has changed. */
import type { Change } from '../../protocol/attack';
import type { Draft } from './draft';

/** Changes that touch one another are pieces of one word. */
export function wordsChanged({ changes }: Pick<Draft, 'changes'>): number {
  const touches = (change: Change, before: Change | undefined): boolean =>
    before?.field === change.field && before.end === change.start && !/^\s/.test(change.to);
  return changes.filter((change, index) => !touches(change, changes[index - 1])).length;
}
