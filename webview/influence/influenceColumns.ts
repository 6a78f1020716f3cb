/** Two lists side by side, or one below the other where there is little room: the lines that help, and those that hurt. */
import type {
  Extremes,
  InfluenceMap,
  InfluencePlace,
  InfluenceResult,
  InfluenceRow,
} from '../../src/protocol';
import { make } from '../dom';
import { formatCount, formatRaw } from '../numbers';
import { spokenLabels } from '../training/labelWords';
import { createRowList } from '../training/rowList';
import { trainingRow } from '../training/trainingRow';
import { emptySentence, listWords } from './influenceWords';
import { createRowMaps } from './rowMaps';

type Side = InfluencePlace['list'];
const sides: readonly Side[] = ['helps', 'hurts'];

/** As many rows of a list are in sight where one list is below the other, so that both can be seen; the style sheet hides the others. */
const firstRows = 5;

export interface ColumnEvents {
  readonly onReveal: (place: InfluencePlace) => void;
  readonly onExplain: (place: InfluencePlace) => void;
  readonly onSaliency: (place: InfluencePlace) => void;
}

export interface InfluenceColumns {
  readonly element: HTMLElement;
  /** `onlyDisagreeing`: lines whose label is not what is predicted. */
  readonly show: (result: InfluenceResult | null, onlyDisagreeing: boolean) => void;
  readonly showMap: (map: InfluenceMap) => void;
  readonly fail: () => void;
}

export function createInfluenceColumns(events: ColumnEvents): InfluenceColumns {
  let result: InfluenceResult | null = null;
  let disagreeing = false;
  const maps = createRowMaps();
  const expanded = new Set<number>();
  const columns = sides.map(side =>
    createColumn(side, (action, row) => {
      act(action, { list: side, disagreeing, row });
    }),
  );

  const listsOf = (of: boolean): Extremes | null => (of ? (result?.disagreeing ?? null) : result);
  const act = (action: string, place: InfluencePlace) => {
    const row = listsOf(place.disagreeing)?.[place.list][place.row];
    if (!row) return;
    if (action === 'reveal') events.onReveal(place);
    if (action === 'explain') events.onExplain(place);
    if (action !== 'map') return;
    const ask = maps.toggle(row);
    draw();
    if (ask) events.onSaliency(place);
  };
  const draw = () => {
    const lists = listsOf(disagreeing);
    const all = result ? [...result.helps, ...result.hurts] : [];
    const most = Math.max(0, ...all.map(({ score }) => Math.abs(score)));
    for (const column of columns) {
      const rows = lists?.[column.side] ?? [];
      column.show(result, disagreeing, rows, row => ({
        most,
        map: maps.elementOf(row),
        expanded: expanded.has(row.line),
        onExpand: open => {
          if (open) expanded.add(row.line);
          else expanded.delete(row.line);
        },
      }));
    }
  };
  return {
    element: make('div', { class: 'influence-columns' }, ...columns.map(({ element }) => element)),
    show: (next, onlyDisagreeing) => {
      // Maps of another model are other ones; and of another trace's rows none is told any more.
      if (next && next.modelHash !== result?.modelHash) maps.clear();
      else if (next && keyOf(next) !== (result && keyOf(result))) maps.fail();
      if (next && next.train.path !== result?.train.path) expanded.clear();
      result = next;
      disagreeing = onlyDisagreeing;
      draw();
    },
    showMap: map => {
      const { list, row, disagreeing: of } = map.place;
      const shown = listsOf(of)?.[list][row];
      if (shown) maps.take(shown, map);
    },
    fail: maps.fail,
  };
}

/** Tells one trace from another without looking at every row. */
function keyOf({ method, options, train, tests, testLoss, milliseconds }: InfluenceResult): string {
  return JSON.stringify([method, options, train.path, tests, testLoss, milliseconds]);
}

/** What a row is drawn with besides its data. */
interface RowState {
  readonly most: number;
  readonly map: HTMLElement | null;
  readonly expanded: boolean;
  readonly onExpand: (expanded: boolean) => void;
}

interface Column {
  readonly side: Side;
  readonly element: HTMLElement;
  readonly show: (
    result: InfluenceResult | null,
    disagreeing: boolean,
    rows: readonly InfluenceRow[],
    stateOf: (row: InfluenceRow) => RowState,
  ) => void;
}

function createColumn(side: Side, onAct: (action: string, row: number) => void): Column {
  const title = make('span', {});
  const means = make('p', { class: 'muted column-means' });
  const empty = make('p', { class: 'column-empty' });
  const sign = make(
    'span',
    { class: `side-sign side-${side}`, 'aria-hidden': 'true' },
    side === 'helps' ? '+' : '\u2212',
  );
  const list = createRowList(side, onAct);
  const all = make('button', { type: 'button', class: 'link column-all' });
  all.addEventListener('click', () => {
    element.classList.add('column-whole');
    list.focus(firstRows);
  });
  const element = make(
    'section',
    { class: `influence-column column-${side}` },
    make('h3', {}, sign, title),
    means,
    list.element,
    all,
    empty,
  );
  return {
    side,
    element,
    show: (result, disagreeing, rows, stateOf) => {
      const words = listWords(side, result?.method ?? null);
      element.setAttribute('aria-label', words.title);
      list.element.setAttribute('aria-label', words.title);
      title.textContent = words.title;
      means.textContent = words.means;
      empty.textContent = emptySentence(side, result, disagreeing);
      empty.hidden = rows.length > 0;
      list.element.hidden = rows.length === 0;
      all.textContent = `All ${formatCount(rows.length)} Lines`;
      all.hidden = rows.length <= firstRows;
      list.show(
        rows.map((row, at) => {
          const state = stateOf(row);
          const look = { side, rank: at + 1, count: rows.length, spoken: words.spoken };
          return {
            key: JSON.stringify([row, look, state.most, state.map !== null]),
            make: () => rowElement(row, look, state),
          };
        }),
      );
    },
  };
}

function rowElement(
  row: InfluenceRow,
  { side, rank, count, spoken }: { side: Side; rank: number; count: number; spoken: string },
  { map, ...state }: RowState,
): HTMLElement {
  const score = formatRaw(row.score, row.score < 0);
  const { element, text } = trainingRow(row, {
    ...state,
    rank,
    side,
    name: `${spoken}, rank ${rank} of ${count}, score ${score}, line ${formatCount(row.line)}, ${spokenLabels(row)}`,
    reason: null,
    actions: [
      { action: 'explain', text: 'Explain', spoken: 'Explain' },
      map
        ? { action: 'map', text: 'Hide Map', spoken: 'Hide Map of' }
        : { action: 'map', text: 'Map', spoken: 'Map of' },
    ],
  });
  if (map) text.replaceWith(map);
  return element;
}
