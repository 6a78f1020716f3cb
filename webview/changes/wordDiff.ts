/** What a person changed in a text, word by word. */
import { diffWordsWithSpace } from 'diff';
import type { Change, FieldIndex } from '../../src/protocol';

/** Longer texts are not compared: the time grows with their length times their differences. */
const longest = 20_000;

/** The changes that lead from `original` to `text`, in order; null where the texts are too long to be compared. */
export function wordChanges(original: string, text: string, field: FieldIndex): Change[] | null {
  if (original === text) return [];
  if (Math.max(original.length, text.length) > longest) return null;
  const changes: Change[] = [];
  let at = 0;
  let from = '';
  let to = '';
  // What was removed and what was added beside each other is one change.
  const close = () => {
    if (from !== '' || to !== '') {
      changes.push({ field, edit: editOf(from, to), from, to, start: at, end: at + to.length });
    }
    at += to.length;
    from = '';
    to = '';
  };
  for (const { added, removed, value } of diffWordsWithSpace(original, text)) {
    if (removed) from += value;
    else if (added) to += value;
    else {
      close();
      at += value.length;
    }
  }
  close();
  return changes;
}

function editOf(from: string, to: string): Change['edit'] {
  if (to === '') return 'delete';
  return from === '' ? 'insert' : 'replace';
}

/** Words between blanks. */
export function countWords(text: string): number {
  return text.split(/\s+/u).filter(word => word !== '').length;
}

/** Words that were changed; of a change that makes several of one, or one of several, the larger number. */
export function countChanged(changes: readonly Change[]): number {
  return changes.reduce((sum, { from, to }) => sum + Math.max(countWords(from), countWords(to)), 0);
}
