/** What of an explanation the map shows: which of its maps, and how many of its words. */
import type { Explanation } from '../src/protocol';
import { fill, make } from './dom';
import type { MapChoice } from './furtherMaps';
import { mapChoices } from './furtherMaps';
import { createGroupedDropdown } from './nativeControls';
import type { TopChoice } from './topWords';
import { topChoices, topWords } from './topWords';

export interface MapTools {
  readonly element: HTMLElement;
  readonly show: (explanation: Explanation, map: string, top: TopChoice) => void;
}

export interface MapToolEvents {
  readonly onMap: (name: string) => void;
  readonly onTop: (top: TopChoice) => void;
}

let lastId = 0;

export function createMapTools({ onMap, onTop }: MapToolEvents): MapTools {
  const group = `maps-${++lastId}`;
  const radios = make('div', { class: 'map-choices', role: 'radiogroup', 'aria-label': 'Map' });
  const about = make('p', { class: 'muted map-about', 'aria-live': 'polite' });
  const top = createGroupedDropdown('Show', value => {
    onTop(topChoices.find(choice => choice === value) ?? 'all');
  });
  let drawn = '';
  let choices: readonly MapChoice[] = [];
  // The browser's own radio buttons: arrow keys go from one to the next, and the tab key past them.
  radios.addEventListener('change', event => {
    if (event.target instanceof HTMLInputElement) onMap(event.target.value);
  });
  const radioOf = ({ name, title }: MapChoice) =>
    make(
      'label',
      { class: 'map-choice' },
      make('input', { type: 'radio', name: group, value: name }),
      title,
    );
  return {
    element: make('div', { class: 'map-tools' }, radios, top.element, about),
    show: (explanation, map, chosen) => {
      choices = mapChoices(explanation);
      if (JSON.stringify(choices) !== drawn) {
        drawn = JSON.stringify(choices);
        fill(radios, ...choices.map(radioOf));
      }
      radios.hidden = about.hidden = choices.length === 0;
      for (const radio of radios.querySelectorAll('input')) radio.checked = radio.value === map;
      const shown = choices.find(({ name }) => name === map);
      const says = shown ? `${shown.title}: ${shown.about}` : '';
      if (about.textContent !== says) about.textContent = says;
      top.show(
        [{ title: '', options: topChoices.map(value => ({ value, text: topWords[value] })) }],
        chosen,
      );
    },
  };
}
