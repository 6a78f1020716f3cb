/** The entities of a sentence, predicted and missed; each is a button that asks about it. */
import type { Entity, LabelChoice, PanelState } from '../src/protocol';
import { fill, make } from './dom';
import { formatProbability } from './numbers';
import { choiceOfEntity } from './questions';
import { keepFocus } from './keepFocus';

export interface EntityChips {
  readonly element: HTMLElement;
  readonly show: (state: PanelState) => void;
}

/** A sign before the name and a word behind it; the frame has a style of its own too. */
const marks: Readonly<Record<Entity['status'], { readonly sign: string; readonly word: string }>> =
  {
    right: { sign: '\u2713', word: 'right' },
    predicted: { sign: '+', word: 'not in gold' },
    missed: { sign: '\u2212', word: 'missed' },
    unknown: { sign: '', word: 'predicted' },
  };

export function createEntityChips(onChoose: (label: LabelChoice) => void): EntityChips {
  const list = make('ul', { class: 'entities', 'aria-label': 'Entities' });
  const none = make('p', { class: 'muted' }, 'No entity was found, and the gold tags have none.');
  const element = make('section', { 'aria-label': 'Entities', class: 'entity-row' }, list, none);
  return {
    element,
    show: state => {
      const { prediction, gold } = state.explanation;
      element.hidden = prediction.task !== 'token-classification';
      keepFocus(element, () => {
        fill(list, ...prediction.entities.map(entity => chipOf(entity, state, onChoose)));
      });
      list.hidden = prediction.entities.length === 0;
      none.hidden = prediction.entities.length > 0;
      none.textContent =
        gold === null ? 'No entity was found.' : 'No entity was found, and gold has none.';
    },
  };
}

function chipOf(
  entity: Entity,
  { record, explanation }: PanelState,
  onChoose: (label: LabelChoice) => void,
): HTMLElement {
  const { type, range, status, probability } = entity;
  const { sign, word } = marks[status];
  const { choice } = explanation.explained;
  const isExplained =
    choice.kind === 'span' && choice.start === entity.start && choice.end === entity.end;
  const button = make(
    'button',
    {
      type: 'button',
      class: `chip chip-${status}`,
      'data-key': `${entity.start}-${entity.end}-${type}-${status}`,
      'aria-pressed': String(isExplained),
      title: `Explain this entity; ${probabilityWords[status]} ${formatProbability(probability)}`,
    },
    sign === '' ? null : make('span', { class: 'chip-sign', 'aria-hidden': 'true' }, sign),
    make('span', { class: 'chip-type' }, type),
    ' ',
    make('span', { class: 'chip-text' }, record.text.slice(range.start, range.end)),
    ' ',
    make('span', { class: 'chip-word' }, word),
    make('span', { class: 'number chip-number' }, ` ${formatProbability(probability)}`),
  );
  button.addEventListener('click', () => {
    onChoose(choiceOfEntity(explanation.questions, entity));
  });
  return make('li', {}, button);
}

const probabilityWords: Readonly<Record<Entity['status'], string>> = {
  right: 'mean probability of its tags',
  predicted: 'mean probability of its tags',
  missed: 'mean probability of the gold tags',
  unknown: 'mean probability of its tags',
};
