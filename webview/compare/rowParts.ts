/** What every row has, whatever is compared: its map, what it says while there is none, and what can be done with it. */
import type { ComparisonRow, RecordInfo } from '../../src/protocol';
import { createButton } from '../controls';
import { fill, make } from '../dom';
import { createPictureLinks } from '../pictures/pictureButtons';
import type { Pictured } from '../pictures/pictureWish';
import { formatScore } from '../numbers';
import type { SaliencyMap } from '../tokenFacts';
import { saliencyMap } from '../tokenFacts';
import type { Place } from './places';
import { createRowMap } from './rowMap';

export interface RowEvents {
  readonly onPoint: (place: Place | null) => void;
  readonly onOpen: (key: string) => void;
  readonly onCompute: (key: string) => void;
}

export interface RowParts {
  readonly map: HTMLElement;
  /** The number of the token that is pointed at in any of the rows. */
  readonly pointed: HTMLElement;
  /** Why there is no map, with a button where there can be one. */
  readonly notice: HTMLElement;
  /** 'Open in Saliency', and pictures; the room is kept while there is no map. */
  readonly actions: HTMLElement;
  readonly show: (row: ComparisonRow, record: RecordInfo, map: SaliencyMap | null) => void;
  readonly echo: (place: Place | null) => void;
}

const stateWords: Readonly<Record<ComparisonRow['state'], string>> = {
  asked: 'Not computed.',
  waiting: 'Waits for its turn.',
  running: 'Is being computed.',
  done: '',
  failed: 'Failed.',
};

export function createRowParts(key: string, title: string, events: RowEvents): RowParts {
  let map: SaliencyMap | null = null;
  let pictured: Pictured | null = null;
  const rowMap = createRowMap(`Map of ${title}`, {
    onPoint: events.onPoint,
    onOpen: () => {
      events.onOpen(key);
    },
  });
  const pointed = make('span', { class: 'row-pointed number' });
  const says = make('p', {});
  const compute = createButton('', () => {
    events.onCompute(key);
  });
  const notice = make('div', { class: 'row-notice' }, says, compute.element);
  const name = `Open in Saliency: ${title}`;
  const open = make(
    'button',
    { type: 'button', class: 'link', 'data-key': name, 'aria-label': name },
    'Open in Saliency',
  );
  open.addEventListener('click', () => {
    events.onOpen(key);
  });
  const actions = make(
    'div',
    { class: 'row-actions' },
    open,
    createPictureLinks(title, () => pictured),
  );
  return {
    map: rowMap.element,
    pointed,
    notice,
    actions,
    show: (row, record, next) => {
      map = next;
      const { explanation, state } = row;
      // Alone, a map is drawn on its own scale: nothing in the picture tells of the other rows.
      pictured = explanation && { record, map: saliencyMap(record, explanation) };
      rowMap.show(record, map);
      rowMap.element.classList.toggle('row-map-awaited', map === null);
      actions.classList.toggle('not-yet', explanation === null);
      notice.hidden = state === 'done';
      notice.classList.toggle('row-failed', state === 'failed');
      says.textContent = [stateWords[state], row.says].filter(part => part !== '').join(' ');
      compute.element.hidden = state !== 'asked' && state !== 'failed';
      compute.setText(state === 'failed' ? 'Try Again' : 'Compute');
      compute.element.ariaLabel = `${state === 'failed' ? 'Try again' : 'Compute'}: ${title}`;
    },
    echo: place => {
      const facts = rowMap.echo(place);
      const text = facts?.text.trim() === '' ? 'blank' : (facts?.text ?? '');
      fill(
        pointed,
        facts && map
          ? make(
              'span',
              {},
              make('span', { class: 'row-pointed-text' }, text),
              ` ${formatScore(facts.score, map.explanation.signed)}`,
            )
          : null,
      );
    },
  };
}
