/** The strongest words with their weights, to be read beside the probabilities. */
import { fill, make } from './dom';
import { formatScore, formatShare } from './numbers';
import { formatSpread } from './spread';
import type { SaliencyMap, TokenFacts } from './tokenFacts';
import { strongest } from './topWords';
import { effectOf } from './words';

/** A table longer than this is read in the other one, which is sortable. */
const most = 200;

export interface WeightTable {
  readonly element: HTMLElement;
  /** The `count` strongest words of `map`; null: all. */
  readonly show: (map: SaliencyMap, count: number | null) => void;
}

export function createWeightTable(onPoint: (facts: TokenFacts | null) => void): WeightTable {
  const body = make('tbody');
  const heads = ['Word', 'Weight', 'Effect', 'Share'].map((title, at) =>
    make('th', { scope: 'col', class: at % 2 === 1 ? 'number' : '' }, title),
  );
  const table = make(
    'table',
    { 'aria-label': 'Strongest words with their weights' },
    make('thead', {}, make('tr', {}, ...heads)),
    body,
  );
  const says = make('p', { class: 'muted' });
  const element = make(
    'section',
    { class: 'tokens weights', 'aria-label': 'Weights' },
    make(
      'div',
      { class: 'table-scroll', role: 'region', 'aria-label': 'Table of weights', tabindex: '0' },
      table,
    ),
    says,
  );
  let rows: readonly TokenFacts[] = [];
  body.addEventListener('pointerover', event => {
    const row = event.target instanceof Element ? event.target.closest('tr') : null;
    onPoint(row ? (rows[Number(row.dataset['row'])] ?? null) : null);
  });
  body.addEventListener('pointerleave', () => {
    onPoint(null);
  });
  return {
    element,
    show: (map, count) => {
      const all = strongest(map);
      rows = all.slice(0, Math.min(count ?? most, most));
      heads[2]!.hidden = !map.explanation.signed;
      fill(body, ...rows.map((facts, at) => rowOf(facts, map, at)));
      const left = all.slice(rows.length).reduce((sum, { share }) => sum + share, 0);
      says.textContent =
        all.length === 0
          ? 'No word has an effect.'
          : `${rows.length} of ${all.length}${left > 0 ? `; the others have ${formatShare(left)} of all` : ''}.`;
    },
  };
}

function rowOf(facts: TokenFacts, { explanation }: SaliencyMap, at: number): HTMLElement {
  const { text, score, spread, share, tint } = facts;
  const { signed } = explanation;
  const weight = `${formatScore(score, signed)}${spread ? ` ${formatSpread(spread)}` : ''}`;
  const mark = make('span', { class: `weight-mark token ${tint}`, 'aria-hidden': 'true' });
  mark.style.setProperty('--size', facts.size.toFixed(3));
  return make(
    'tr',
    { 'data-row': String(at) },
    make('th', { scope: 'row', class: 'token-name' }, mark, text),
    make('td', { class: facts.unsure ? 'number unsure-number' : 'number' }, weight),
    signed ? make('td', {}, effectOf(score, explanation)) : null,
    make('td', { class: 'number' }, formatShare(share)),
  );
}
