/** How far the maps of each pair of rows agree: a table of rank correlations, each a number on a tint. */
import type { ComparisonState } from '../../src/protocol';
import { fill, make } from '../dom';
import { formatScore } from '../numbers';

export interface AgreementTable {
  readonly element: HTMLElement;
  /** Hidden while fewer than two rows have maps. */
  readonly show: (state: ComparisonState) => void;
}

/** A correlation in words that a name can follow. */
export function agreementWords(correlation: number): string {
  if (correlation >= 0.7) return 'much like';
  if (correlation >= 0.3) return 'somewhat like';
  return correlation > -0.3 ? 'unlike' : 'opposed to';
}

export function createAgreementTable(): AgreementTable {
  const table = make('table', { class: 'agreement' });
  const region = make(
    'div',
    { class: 'table-scroll', role: 'region', 'aria-label': 'Table of agreement', tabindex: '0' },
    table,
  );
  const element = make(
    'section',
    { class: 'agreement-section', 'aria-label': 'Agreement' },
    make('h3', {}, 'Agreement of the maps'),
    region,
    make(
      'p',
      { class: 'muted' },
      'Spearman correlation of the scores of the tokens: 1 the same order, 0 none, \u22121 the opposite. ',
      'A dash: not there yet, or undefined because all scores of a map are equal.',
    ),
  );
  element.hidden = true;
  let shown = '';
  return {
    element,
    show: ({ rows, agreement }) => {
      const there = [...rows.keys()].filter(at => rows[at]!.explanation !== null);
      element.hidden = there.length < 2;
      const next = JSON.stringify([rows.map(({ title }) => title), agreement]);
      if (element.hidden || next === shown) return;
      shown = next;
      const titleOf = (at: number) => rows[at]!.title;
      fill(
        table,
        make('caption', { class: 'for-ears' }, 'Agreement of each pair of maps'),
        make(
          'thead',
          {},
          make(
            'tr',
            {},
            make('td', {}),
            ...[...rows.keys()].map(at =>
              make(
                'th',
                { scope: 'col', class: 'number', title: titleOf(at) },
                make('span', { 'aria-hidden': 'true' }, String(at + 1)),
                make('span', { class: 'for-ears' }, titleOf(at)),
              ),
            ),
          ),
        ),
        make(
          'tbody',
          {},
          ...rows.map(({ title }, at) =>
            make(
              'tr',
              {},
              make(
                'th',
                { scope: 'row' },
                make('span', { class: 'number muted', 'aria-hidden': 'true' }, `${at + 1} `),
                title,
              ),
              ...rows.map((_, other) => cellOf(agreement[at]?.[other] ?? null)),
            ),
          ),
        ),
      );
    },
  };
}

function cellOf(value: number | null): HTMLElement {
  if (value === null || !Number.isFinite(value)) {
    return make('td', { class: 'agreement-cell' }, '\u2013');
  }
  const side = value >= 0 ? 'alike' : 'opposed';
  const cell = make(
    'td',
    { class: `agreement-cell agreement-${side} number`, title: agreementWords(value) },
    formatScore(value, true),
  );
  cell.style.setProperty('--size', Math.abs(value).toFixed(3));
  return cell;
}
