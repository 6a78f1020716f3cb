/**
 * Methods by measures, controls apart. What does not beat the random explainer says so, in a colour and in words; the best of a
 * column says so, too. The order holds while somebody is at the table.
 */
import type { MeasureColumn, MeasuredMethodSummary, MeasureReport } from '../../src/protocol';
import { againstRandomWords, columnWords, failsRandom } from '../../src/protocol/measureWords';
import { fill, make } from '../dom';
import { keepFocus } from '../keepFocus';
import { formatCount, formatMean } from '../numbers';
import { createHeldOrder } from '../tables/heldOrder';
import { rememberedSort } from '../tables/rememberedSort';
import type { RowSort } from '../tables/rowSort';
import { sortRows } from '../tables/rowSort';
import { headCell } from '../tables/tableHead';
import { formatDuration } from '../training/trainingWords';
import type { UiState } from '../uiState';
import { undefinedNote } from '../undefinedNote';
import { bestOf, isControl, measuredColumns, methodKey } from './measureColumns';

type Key = MeasureColumn | 'method' | 'time';

export interface MeasureTable {
  readonly element: HTMLElement;
  readonly show: (report: MeasureReport) => void;
}

export function createMeasureTable(memory: {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}): MeasureTable {
  const head = make('thead');
  const measured = make('tbody');
  const controls = make('tbody', { class: 'measure-controls' });
  const table = make('table', { class: 'row-table measure-table' }, head, measured, controls);
  table.ariaLabel = 'Measures of each method';
  const attributes = { role: 'region', 'aria-label': 'Table of measures', tabindex: '0' };
  const region = make('div', { class: 'table-scroll', ...attributes }, table);
  const keys: readonly Key[] = ['method', 'time', ...(Object.keys(columnWords) as MeasureColumn[])];
  const sort = rememberedSort<Key>('measures', keys, { key: 'method', descending: false }, memory);
  const held = createHeldOrder();
  let current: MeasureReport | null = null;
  let drawn = '';

  const isRead = () =>
    region.matches(':hover') || region.contains(document.activeElement) || region.scrollLeft > 0;
  const draw = () => {
    if (!current) return;
    const { methods, state } = current;
    const columns = measuredColumns(current);
    const now = sort.get();
    const order = sortRows(methods, now.descending, method => valueOf(method, now.key));
    const byKey = new Map(methods.map(method => [methodKey(method), method]));
    const wanted = order.map(at => methodKey(methods[at]!));
    const ids = held.next(wanted, state === 'running' && isRead(), wanted.length);
    const sorted = ids.flatMap(id => byKey.get(id) ?? []);
    const next = JSON.stringify([sorted, columns, now]);
    if (next === drawn) return;
    drawn = next;
    const best = new Map(columns.map(column => [column, bestOf(methods, column)]));
    const rowOf = (method: MeasuredMethodSummary) => rowElement(method, columns, best);
    keepFocus(table, () => {
      fill(head, headRow(columns, now, onSort));
      fill(measured, ...sorted.filter(one => !isControl(one)).map(rowOf));
      const note = make('th', { scope: 'rowgroup', colspan: String(columns.length + 2) });
      note.textContent = 'Controls: no explanations, but what every explanation has to beat';
      const rows = sorted.filter(isControl).map(rowOf);
      fill(controls, ...(rows.length > 0 ? [make('tr', {}, note)] : []), ...rows);
    });
  };
  const onSort = (next: RowSort<Key>) => {
    sort.set(next);
    held.release();
    draw();
  };
  return {
    element: make('div', { class: 'paged-table' }, region),
    show: report => {
      current = report;
      draw();
    },
  };
}

/** 'method': as the report has them. */
function valueOf(method: MeasuredMethodSummary, key: Key): number | null {
  if (key === 'method') return 0;
  if (key === 'time') return method.millisecondsPerLine;
  return method.values[key]?.mean ?? null;
}

function headRow(
  columns: readonly MeasureColumn[],
  sort: RowSort<Key>,
  onSort: (sort: RowSort<Key>) => void,
): HTMLElement {
  const cells = columns.map(key => {
    const { title, about, better } = columnWords[key];
    const note = `${better === 'higher' ? '\u2191' : '\u2193'} ${better} is better`;
    const column = { key, title, numeric: true, hint: about, note, upwards: better === 'lower' };
    return headCell<Key>(column, sort, onSort);
  });
  const time = { title: 'Time', note: 'a line', numeric: true, upwards: true } as const;
  return make(
    'tr',
    {},
    headCell<Key>({ key: 'method', title: 'Method', numeric: false }, sort, onSort),
    ...cells,
    headCell<Key>({ key: 'time', ...time }, sort, onSort),
  );
}

function rowElement(
  method: MeasuredMethodSummary,
  columns: readonly MeasureColumn[],
  best: ReadonlyMap<MeasureColumn, number | null>,
): HTMLTableRowElement {
  const { title, lines, failed, millisecondsPerLine } = method;
  const of = `${formatCount(lines)} ${lines === 1 ? 'line' : 'lines'}`;
  return make(
    'tr',
    {},
    make(
      'th',
      { scope: 'row', class: 'measure-method' },
      title,
      make('div', { class: 'muted' }, failed > 0 ? `${of}, ${formatCount(failed)} failed` : of),
    ),
    ...columns.map(column => valueCell(method, column, best.get(column) ?? null)),
    make(
      'td',
      { class: 'number' },
      lines > 0 && Number.isFinite(millisecondsPerLine)
        ? formatDuration(millisecondsPerLine)
        : undefinedNote('no line is done'),
    ),
  );
}

function valueCell(
  method: MeasuredMethodSummary,
  column: MeasureColumn,
  best: number | null,
): HTMLTableCellElement {
  const value = method.values[column];
  if (value === null || !Number.isFinite(value.mean)) {
    const note =
      method.lines === 0
        ? undefinedNote('no line is done', 'not yet')
        : undefinedNote('not measured, or not defined for this method on any of the lines');
    return make('td', { class: 'number' }, note);
  }
  const { mean, error, lines, againstRandom } = value;
  const isBest =
    best !== null && mean === best && !isControl(method) && !failsRandom(againstRandom);
  const shown = formatMean(mean, error, mean < 0);
  const spread = shown.error === null ? '' : ` \u00b1 ${shown.error}`;
  const words = isBest
    ? 'best'
    : failsRandom(againstRandom)
      ? againstRandomWords(againstRandom)
      : '';
  const names = ['number', isBest ? 'measure-best' : '', words && !isBest ? 'measure-fails' : ''];
  const cell = make(
    'td',
    { class: names.filter(name => name !== '').join(' ') },
    make('span', { class: 'measure-mean' }, shown.mean),
    make('span', { class: 'muted' }, spread),
    words === '' ? null : make('div', { class: 'measure-word' }, words),
  );
  const against = againstRandomWords(againstRandom);
  cell.title = `Over ${formatCount(lines)} ${lines === 1 ? 'line' : 'lines'}${against === '' ? '' : `, ${against}`}`;
  return cell;
}
