/** How an edited text differs from the original: its words, and what the model makes of it. */
import type { Rewriting } from '../../src/protocol';
import type { MarkedField } from '../changes/markedMap';
import type { Mark } from '../changes/marks';
import { marksOf } from '../changes/marks';
import { countChanged, countWords, wordChanges } from '../changes/wordDiff';
import { countOf } from '../attack/attackWords';

/** The texts of `edited` with what was changed since `original` marked. */
export function editedFields(original: Rewriting, edited: Rewriting): MarkedField[] {
  const { record } = original.state;
  const first = {
    name: record.field,
    text: edited.text,
    marks: marksBetween(original.text, edited.text, 0),
  };
  if (edited.pair === null) return [first];
  const marks = marksBetween(original.pair ?? '', edited.pair, 1);
  return [first, { name: record.pair?.field ?? '', text: edited.pair, marks }];
}

function marksBetween(original: string, text: string, field: 0 | 1): Mark[] {
  const changes = wordChanges(original, text, field) ?? [];
  return marksOf(field, changes, changes);
}

/** '2 of 14 words changed', 'nothing changed'. */
export function changedWords(original: Rewriting, edited: Rewriting): string {
  const first = wordChanges(original.text, edited.text, 0);
  const second = wordChanges(original.pair ?? '', edited.pair ?? '', 1);
  if (!first || !second) return 'changed (too long to be compared word by word)';
  const changed = countChanged([...first, ...second]);
  if (changed > 0) {
    const all = countWords(original.text) + countWords(original.pair ?? '');
    // Of what was mostly put in, "13 of 12" would make no sense.
    const share =
      changed > all ? countOf(changed, 'word') : `${changed} of ${countOf(all, 'word')}`;
    return `${share} changed`;
  }
  return first.length + second.length > 0 ? 'only blanks changed' : 'nothing changed';
}

/** 'positive, now negative', or 'still positive'. */
export function decisionChange(original: Rewriting, edited: Rewriting): string {
  const before = original.state.explanation.prediction.label;
  const after = edited.state.explanation.prediction.label;
  return before === after ? `still ${after}` : `${before}, now ${after}`;
}
