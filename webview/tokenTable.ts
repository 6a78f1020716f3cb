/** The same numbers as the map, one row a token of the model, sortable. */
import type { Explanation } from '../src/protocol';
import { createButton } from './controls';
import { fill, make } from './dom';
import { formatCount, formatRaw, formatScore, formatShare } from './numbers';
import { formatSpread } from './spread';
import type { SortKey, TableSort } from './tableSort';
import { sortFacts } from './tableSort';
import type { SaliencyMap, TokenFacts } from './tokenFacts';
import { effectOf } from './words';

/** More rows are drawn only when asked for. */
const firstRows = 200;

export interface TokenTable {
  readonly element: HTMLElement;
  readonly show: (map: SaliencyMap, sort: TableSort) => void;
}

export interface TableEvents {
  readonly onSort: (sort: TableSort) => void;
  /** The pointer is on the row of this token, or on none. */
  readonly onPoint: (facts: TokenFacts | null) => void;
}

interface Column {
  readonly key: SortKey;
  readonly title: string;
  readonly numeric: boolean;
  /** Whether there is anything to show in it. */
  readonly fits?: (explanation: Explanation) => boolean;
}

const columns: readonly Column[] = [
  { key: 'place', title: '#', numeric: true },
  { key: 'text', title: 'Token', numeric: false },
  { key: 'score', title: 'Score', numeric: true },
  { key: 'spread', title: 'Spread', numeric: true, fits: ({ spread }) => spread !== null },
  { key: 'effect', title: 'Effect', numeric: false, fits: ({ signed }) => signed },
  { key: 'share', title: 'Share', numeric: true },
  { key: 'attribution', title: 'Raw', numeric: true },
];

export function createTokenTable(events: TableEvents): TokenTable {
  const head = make('thead');
  const body = make('tbody');
  const table = make('table', { 'aria-label': 'Tokens with their numbers' }, head, body);
  const region = make(
    'div',
    { class: 'table-scroll', role: 'region', 'aria-label': 'Table of tokens', tabindex: '0' },
    table,
  );
  let showsAll = false;
  let rows: readonly TokenFacts[] = [];
  let current: { map: SaliencyMap; sort: TableSort } | null = null;
  const more = createButton('', () => {
    showsAll = true;
    draw();
  });
  const element = make('section', { class: 'tokens', 'aria-label': 'Table' }, region, more.element);

  const draw = () => {
    if (!current) return;
    const { map, sort } = current;
    const shown = columns.filter(({ fits }) => fits?.(map.explanation) ?? true);
    rows = sortFacts(map.single, sort);
    const drawn = showsAll ? rows : rows.slice(0, firstRows);
    const focused = head.querySelector<HTMLElement>('button:focus')?.dataset['key'];
    fill(head, make('tr', {}, ...shown.map(column => headCell(column, sort, events.onSort))));
    fill(body, ...drawn.map((facts, at) => bodyRow(facts, map, shown, at)));
    more.element.hidden = drawn.length === rows.length;
    more.setText(`Show all ${formatCount(rows.length)} tokens`);
    if (focused) head.querySelector<HTMLElement>(`button[data-key="${focused}"]`)?.focus();
  };
  body.addEventListener('pointerover', event => {
    const row = event.target instanceof Element ? event.target.closest('tr') : null;
    events.onPoint(row ? (rows[Number(row.dataset['row'])] ?? null) : null);
  });
  body.addEventListener('pointerleave', () => {
    events.onPoint(null);
  });
  return {
    element,
    show: (map, sort) => {
      if (current?.map.single.length !== map.single.length) showsAll = false;
      current = { map, sort };
      draw();
    },
  };
}

function headCell(
  { key, title, numeric }: Column,
  sort: TableSort,
  onSort: (sort: TableSort) => void,
): HTMLElement {
  const isKey = key === sort.key;
  const button = make('button', { type: 'button', class: 'sort', 'data-key': key }, title);
  button.addEventListener('click', () => {
    onSort({ key, descending: isKey ? !sort.descending : numeric && key !== 'place' });
  });
  const cell = make('th', { scope: 'col', class: numeric ? 'number' : '' }, button);
  if (isKey) cell.setAttribute('aria-sort', sort.descending ? 'descending' : 'ascending');
  return cell;
}

function bodyRow(
  facts: TokenFacts,
  { explanation, fields }: SaliencyMap,
  shown: readonly Column[],
  at: number,
): HTMLElement {
  const inPair = fields.length > 1 && !explanation.tokens[facts.tokens[0]!]!.special;
  const field = inPair
    ? make('span', { class: 'muted written' }, `in ${fields[facts.field]!.name}`)
    : null;
  const { signed } = explanation;
  const names = facts.tokens.map(token => explanation.tokens[token]!.text).join(' ');
  const written = names === facts.text ? null : make('span', { class: 'muted written' }, names);
  const cells: Readonly<Record<SortKey, () => HTMLElement>> = {
    place: () => make('td', { class: 'number muted' }, String(facts.tokens[0]! + 1)),
    text: () => make('th', { scope: 'row', class: 'token-name' }, facts.text, written, field),
    score: () => make('td', { class: 'number' }, formatScore(facts.score, signed)),
    spread: () =>
      make(
        'td',
        { class: facts.unsure ? 'number unsure-number' : 'number' },
        facts.unsure ? make('span', { class: 'muted unsure-says' }, 'more than the score ') : null,
        facts.spread ? formatSpread(facts.spread) : '',
      ),
    effect: () => make('td', {}, effectOf(facts.score, explanation)),
    share: () => make('td', { class: 'number' }, formatShare(facts.share)),
    attribution: () => make('td', { class: 'number' }, formatRaw(facts.attribution, signed)),
  };
  return make('tr', { 'data-row': String(at) }, ...shown.map(({ key }) => cells[key]()));
}
