/** What differs between the maps of two models: words whose numbers moved, in a list and marked in both maps. */
import { fill, make } from '../dom';
import { formatScore } from '../numbers';
import type { SaliencyMap, TokenFacts } from '../tokenFacts';
import { factsAt, placeOf } from './places';

/** A word that moved by less, on the scale that both maps share, is not marked. */
const leastMarked = 0.15;
const mostListed = 8;

export interface WordChange {
  readonly before: TokenFacts;
  readonly after: TokenFacts;
  readonly change: number;
}

/** Words that both models read as one, the most changed first. Both maps must have one scale. */
export function wordChanges(before: SaliencyMap, after: SaliencyMap): WordChange[] {
  return before.fields
    .flatMap(field => field.pieces)
    .flatMap(({ facts }) => {
      if (!facts) return [];
      const other = factsAt(after, placeOf(facts, before));
      if (other?.text !== facts.text) return [];
      return [{ before: facts, after: other, change: other.score - facts.score }];
    })
    .filter(({ change }) => Number.isFinite(change))
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
}

/** `map` with a note on what changed. */
export function withNotes(
  map: SaliencyMap,
  changes: readonly WordChange[],
  side: 'before' | 'after',
): SaliencyMap {
  const notes = new Map(
    changes
      .filter(({ change }) => Math.abs(change) >= leastMarked)
      .map(change => [change[side], noteOf(change, map.explanation.signed)]),
  );
  return {
    ...map,
    fields: map.fields.map(field => ({
      ...field,
      pieces: field.pieces.map(piece => {
        const note = piece.facts ? notes.get(piece.facts) : undefined;
        return piece.facts && note !== undefined
          ? { ...piece, facts: { ...piece.facts, note } }
          : piece;
      }),
    })),
  };
}

function noteOf({ before, after }: WordChange, signed: boolean): string {
  return `differs: ${formatScore(before.score, signed)} to ${formatScore(after.score, signed)}`;
}

export interface ModelDifference {
  readonly element: HTMLElement;
  readonly show: (changes: readonly WordChange[] | null, signed: boolean) => void;
}

export function createModelDifference(): ModelDifference {
  const body = make('tbody');
  const says = make('p', { class: 'muted' });
  const heads = ['Word', 'First model', 'Second model', 'Change'].map((title, at) =>
    make('th', { scope: 'col', class: at > 0 ? 'number' : '' }, title),
  );
  const element = make(
    'section',
    { class: 'tokens model-difference', 'aria-label': 'What differs' },
    make('h3', {}, 'What differs most'),
    make(
      'div',
      { class: 'table-scroll', role: 'region', 'aria-label': 'Words that differ', tabindex: '0' },
      make(
        'table',
        { 'aria-label': 'Words whose numbers differ' },
        make('thead', {}, make('tr', {}, ...heads)),
        body,
      ),
    ),
    says,
  );
  element.hidden = true;
  return {
    element,
    show: (changes, signed) => {
      element.hidden = changes === null;
      const moved = (changes ?? []).filter(({ change }) => change !== 0);
      const rows = moved.slice(0, mostListed);
      fill(
        body,
        ...rows.map(({ before, after, change }) =>
          make(
            'tr',
            {},
            make('th', { scope: 'row', class: 'token-name' }, before.text),
            make('td', { class: 'number' }, formatScore(before.score, signed)),
            make('td', { class: 'number' }, formatScore(after.score, signed)),
            make('td', { class: 'number' }, formatScore(change, true)),
          ),
        ),
      );
      says.textContent =
        moved.length === 0
          ? 'No word differs.'
          : `On the scale of both maps. Words in a frame differ by at least ${leastMarked}.`;
    },
  };
}
