/** A row a label: what is true, what is predicted, what is explained, what the map adds up to, and the map; as Captum's table has it. */
import type { ComparisonRow, ComparisonState, Explanation } from '../../src/protocol';
import { decisionWords } from '../decisionWords';
import { fill, make } from '../dom';
import { decidedProbability } from '../header';
import { formatProbability } from '../numbers';
import type { SaliencyMap } from '../tokenFacts';
import type { CompareRow } from './rowCard';
import type { RowEvents } from './rowParts';
import { totalOf } from './total';
import { createRowParts } from './rowParts';

const titles = ['True label', 'Predicted', 'Label explained', 'Total attribution', 'Map'] as const;

/** Narrow, a row is set as a block, and its cells have their titles with them. */
export function labelTableHead(): HTMLElement {
  return make(
    'div',
    { role: 'row', class: 'label-row label-head' },
    ...titles.map(title => make('span', { role: 'columnheader' }, title)),
  );
}

export function createLabelRow(row: ComparisonRow, events: RowEvents): CompareRow {
  const parts = createRowParts(row.key, row.title, events);
  const cells = titles.slice(0, 4).map(title => {
    const value = make('span', { class: 'cell-value' });
    const caption = make('span', { class: 'cell-title muted', 'aria-hidden': 'true' }, title);
    return { value, element: make('div', { role: 'cell', class: 'label-field' }, caption, value) };
  });
  const [truth, predicted, explained, total] = cells.map(({ value }) => value);
  const element = make(
    'div',
    { role: 'row', class: 'label-row', 'data-row': row.key },
    ...cells.map(cell => cell.element),
    make(
      'div',
      { role: 'cell', class: 'label-map' },
      parts.map,
      parts.notice,
      make('div', { class: 'label-below' }, parts.actions, parts.pointed),
    ),
  );
  return {
    element,
    echo: parts.echo,
    show: (now, { record }: ComparisonState, map: SaliencyMap | null) => {
      parts.show(now, record, map);
      element.setAttribute('aria-busy', String(now.state === 'running'));
      const { explanation } = now;
      fill(truth!, explanation?.gold ?? record.gold ?? 'none in the file');
      fill(predicted!, ...(explanation ? predictedNodes(explanation) : ['\u2013']));
      fill(explained!, ...(explanation ? explainedNodes(explanation) : [now.title]));
      fill(total!, explanation ? totalOf(explanation) : '\u2013');
    },
  };
}

function predictedNodes(explanation: Explanation): (Node | string)[] {
  const probability = decidedProbability(explanation);
  return [
    decisionWords(explanation.prediction),
    ...(probability === null ? [] : [number(formatProbability(probability))]),
  ];
}

/** The label with its own probability. */
function explainedNodes({ explained, prediction }: Explanation): (Node | string)[] {
  const probability = prediction.probabilities[prediction.labels.indexOf(explained.label)];
  const against = explained.against === null ? '' : ` over ${explained.against}`;
  return [
    make('strong', {}, `${explained.label}${against}`),
    ...(probability === undefined || against !== ''
      ? []
      : [number(formatProbability(probability))]),
  ];
}

function number(text: string): HTMLElement {
  return make('span', { class: 'number label-probability' }, text);
}
