/** What stands where there is no number: the word, and why. */
import { make } from './dom';

export function undefinedNote(reason: string, word = 'undefined'): HTMLElement {
  return make(
    'span',
    { class: 'muted undefined-note', title: reason },
    word,
    make('span', { class: 'for-ears' }, ` (${reason})`),
  );
}
