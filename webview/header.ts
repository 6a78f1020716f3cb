/** The top of the panel: where the text is from, what the model says of it, and what the file says. */
import type { Explanation, PanelState } from '../src/protocol';
import { fill, make } from './dom';
import { formatProbability } from './numbers';
import { decisionWords, goldWords } from './decisionWords';

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
      const probability = decidedProbability(explanation);
      const gold = goldWords(record.gold, explanation);
      const fields = [record.field, record.pair?.field ?? ''].filter(name => name !== '');
      const place =
        fields.length === 0 ? null : make('span', { class: 'muted' }, fields.join(' + '));
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
          make('strong', { class: 'predicted' }, decisionWords(prediction)),
          ' ',
          probability === null
            ? null
            : make('span', { class: 'number' }, formatProbability(probability)),
          ' ',
          make('span', { class: `gold ${goldClass(gold.agrees)}` }, gold.text),
        ),
      );
    },
  };
}

/** The probability of the whole decision; null for a number, for several labels or none, and for entities. */
export function decidedProbability({ prediction }: Explanation): number | null {
  const [first, second] = prediction.decided;
  if (first === undefined || second !== undefined) return null;
  if (prediction.labels[first] !== prediction.label) return null;
  return prediction.probabilities[first] ?? null;
}

function goldClass(agrees: boolean | null): string {
  if (agrees === null) return 'gold-unknown';
  return agrees ? 'gold-agrees' : 'gold-disagrees';
}
