/** The top of the panel: where the text is from, what the model says of it, and what the file says. */
import type { PanelState } from '../src/protocol';
import { fill, make } from './dom';
import { formatProbability } from './numbers';
import { goldWords } from './words';

export interface Header {
  readonly element: HTMLElement;
  readonly show: (state: PanelState) => void;
}

export function createHeader(): Header {
  const element = make('header', { class: 'head' });
  return {
    element,
    show: ({ record, explanation }) => {
      const { prediction, modelName, device, milliseconds } = explanation;
      const probability = prediction.probabilities[prediction.labels.indexOf(prediction.label)];
      const gold = goldWords(record.gold, explanation);
      const place = record.field === '' ? null : make('span', { class: 'muted' }, record.field);
      fill(
        element,
        make(
          'div',
          { class: 'head-source' },
          make(
            'h2',
            {},
            make('span', { class: 'file' }, record.file),
            make('span', { class: 'line' }, ` : ${record.line} `),
            place,
          ),
          make(
            'p',
            { class: 'muted made-by' },
            make('span', { class: 'model-name' }, modelName),
            ` \u00b7 ${device} \u00b7 ${Math.round(milliseconds)} ms`,
          ),
        ),
        make(
          'p',
          { class: 'verdict' },
          make('strong', { class: 'predicted' }, prediction.label),
          ' ',
          make('span', { class: 'number' }, formatProbability(probability ?? Number.NaN)),
          ' ',
          make('span', { class: `gold ${goldClass(gold.agrees)}` }, gold.text),
        ),
      );
    },
  };
}

function goldClass(agrees: boolean | null): string {
  if (agrees === null) return 'gold-unknown';
  return agrees ? 'gold-agrees' : 'gold-disagrees';
}
