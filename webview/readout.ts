/** The line under the map that tells the numbers of the token under pointer, focus or cursor. */
import type { Explanation } from '../src/protocol';
import { fill, make } from './dom';
import type { TokenFacts } from './tokenFacts';
import { readoutParts } from './tokenFacts';

export interface Readout {
  readonly element: HTMLElement;
  readonly show: (facts: TokenFacts | null, explanation: Explanation) => void;
  /** A sentence in place of numbers. */
  readonly say: (sentence: string) => void;
}

const hint = 'Point at a token, or walk with the arrow keys, for its number. Enter goes to it.';

export function createReadout(invitation = hint): Readout {
  const element = make('p', { class: 'readout' });
  const say = (sentence: string) => {
    fill(element, make('span', { class: 'muted' }, sentence));
  };
  return {
    element,
    say,
    show: (facts, explanation) => {
      if (!facts) {
        say(invitation);
        return;
      }
      const { text, score, effect, details } = readoutParts(facts, explanation);
      fill(
        element,
        make('span', { class: 'readout-text' }, text),
        make('span', { class: 'number readout-score' }, score),
        effect === '' ? null : make('span', { class: 'readout-effect' }, effect),
        make('span', { class: 'muted readout-details' }, details.join(' \u00b7 ')),
      );
    },
  };
}
