/** Edits that were pinned: each with its text, what the model says of it, and its map. */
import type { RewriteState, Rewriting } from '../../src/protocol';
import { decidedShare } from '../attack/decidedShare';
import { createMarkedMap } from '../changes/markedMap';
import { createButton } from '../controls';
import { fill, make } from '../dom';
import { formatProbability } from '../numbers';
import { changedWords, decisionChange, editedFields } from './difference';

export interface Pins {
  readonly element: HTMLElement;
  readonly show: (state: RewriteState) => void;
}

export interface PinEvents {
  readonly onUnpin: (index: number) => void;
  /** Go on from this one. */
  readonly onEdit: (pinned: Rewriting) => void;
}

export function createPins(events: PinEvents): Pins {
  const list = make('ol', { class: 'pins' });
  const element = make('section', { 'aria-label': 'Pinned edits' }, make('h3', {}, 'Pinned'), list);
  let shown = '';
  element.hidden = true;
  return {
    element,
    show: ({ original, pinned }) => {
      const next = JSON.stringify([original.text, original.pair, pinned]);
      if (next === shown) return;
      shown = next;
      element.hidden = pinned.length === 0;
      fill(list, ...pinned.map((pin, index) => pinElement(original, pin, index, events)));
    },
  };
}

function pinElement(
  original: Rewriting,
  pin: Rewriting,
  index: number,
  events: PinEvents,
): HTMLElement {
  const { prediction } = pin.state.explanation;
  const share = decidedShare(prediction);
  const map = createMarkedMap(`Pinned edit ${index + 1}`, 'small');
  map.show(editedFields(original, pin), pin.state, '');
  const edit = createButton('Edit', () => {
    events.onEdit(pin);
  });
  const unpin = createButton('Unpin', () => {
    events.onUnpin(index);
  });
  edit.element.ariaLabel = `Edit pinned edit ${index + 1}`;
  unpin.element.ariaLabel = `Unpin edit ${index + 1}`;
  return make(
    'li',
    { class: 'pin' },
    make(
      'div',
      { class: 'pin-head' },
      make('strong', { class: 'pin-label' }, prediction.label),
      share === null ? null : make('span', { class: 'number' }, formatProbability(share)),
      make(
        'span',
        { class: 'muted pin-says' },
        `${decisionChange(original, pin)}; ${changedWords(original, pin)}`,
      ),
      make('span', { class: 'pin-actions' }, edit.element, unpin.element),
    ),
    map.element,
  );
}
