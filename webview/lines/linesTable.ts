/** The attacked lines, one row each, in pages: thousands of rows cost no more than one page. */
import type { AttackTable } from '../../src/protocol';
import { fill, make } from '../dom';
import { createPager } from '../pager';
import { placeChildren } from '../placeChildren';
import { rowElement } from './linesRow';
import type { LinesSort, LinesSortKey } from './linesSort';
import { sortLines } from './linesSort';

/** Rows of a page. */
const pageRows = 200;

export interface LinesTable {
  readonly element: HTMLElement;
  readonly show: (table: AttackTable, sort: LinesSort) => void;
}

export interface LinesTableEvents {
  readonly onSort: (sort: LinesSort) => void;
  readonly onReveal: (row: number) => void;
  readonly onOpen: (row: number) => void;
}

const columns: readonly { key: LinesSortKey; title: string; numeric: boolean }[] = [
  { key: 'line', title: 'Line', numeric: true },
  { key: 'original', title: 'Original', numeric: false },
  { key: 'attacked', title: 'Attacked', numeric: false },
  { key: 'outcome', title: 'Outcome', numeric: false },
  { key: 'wordsChanged', title: 'Words changed', numeric: true },
  { key: 'queries', title: 'Queries', numeric: true },
];

/** A row that is drawn, and what it was drawn from: the same row is not drawn twice. */
interface Drawn {
  readonly key: string;
  readonly element: HTMLTableRowElement;
}

export function createLinesTable(events: LinesTableEvents): LinesTable {
  const head = make('thead');
  const body = make('tbody');
  const attributes = { 'aria-label': 'Attacked lines', class: 'lines-table' };
  const region = make(
    'div',
    { class: 'table-scroll', role: 'region', 'aria-label': 'Table of lines', tabindex: '0' },
    make('table', attributes, head, body),
  );
  const pager = createPager(pageRows, () => {
    draw();
    region.scrollTop = 0;
  });

  let current: { readonly table: AttackTable; readonly sort: LinesSort } | null = null;
  let drawn = new Map<number, Drawn>();
  let heading = '';

  const draw = () => {
    if (!current) return;
    const { table, sort } = current;
    const order = sortLines(table.rows, sort);
    const [start, end] = pager.show(order.length);
    const shown = order.slice(start, end);
    drawHead(sort);
    const before = drawn;
    drawn = new Map(
      shown.map(at => {
        const row = table.rows[at]!;
        const key = JSON.stringify(row);
        const old = before.get(at);
        return [at, old?.key === key ? old : { key, element: rowElement(row, at) }];
      }),
    );
    placeChildren(
      body,
      [...drawn.values()].map(({ element }) => element),
    );
    rove(body.querySelector<HTMLElement>('tr[data-now]') ?? body.rows[0] ?? null);
  };
  const drawHead = (sort: LinesSort) => {
    const key = JSON.stringify(sort);
    if (key === heading) return;
    heading = key;
    const focused = head.querySelector<HTMLElement>('button:focus')?.dataset['key'];
    const cells = columns.map(column =>
      headCell(column, sort, next => {
        pager.toFirst();
        events.onSort(next);
      }),
    );
    fill(
      head,
      make('tr', {}, ...cells, make('td', {}, make('span', { class: 'for-ears' }, 'Actions'))),
    );
    if (focused) head.querySelector<HTMLElement>(`button[data-key="${focused}"]`)?.focus();
  };

  /** Only the buttons of one row are stops of the tab key; arrows go from row to row. */
  const rove = (to: HTMLElement | null) => {
    for (const row of body.rows) {
      const isNow = row === to;
      row.toggleAttribute('data-now', isNow);
      for (const button of row.querySelectorAll('button')) button.tabIndex = isNow ? 0 : -1;
    }
  };
  body.addEventListener('focusin', event => {
    rove(rowOf(event.target));
  });
  body.addEventListener('keydown', event => {
    const row = rowOf(event.target);
    if (!row || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const next = {
      ArrowDown: row.nextElementSibling,
      ArrowUp: row.previousElementSibling,
      Home: body.firstElementChild,
      End: body.lastElementChild,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const action = event.target instanceof HTMLElement ? event.target.dataset['action'] : undefined;
    next?.querySelector<HTMLElement>(`[data-action="${action ?? 'reveal'}"]`)?.focus();
  });
  body.addEventListener('click', event => {
    const row = rowOf(event.target);
    if (!row) return;
    const at = Number(row.dataset['row']);
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (button?.dataset['action'] === 'open') events.onOpen(at);
    // Whoever marked some text wants to copy it, not to go elsewhere.
    else if (button || document.getSelection()?.isCollapsed !== false) events.onReveal(at);
  });

  return {
    element: make('section', { class: 'lines', 'aria-label': 'Lines' }, region, pager.element),
    show: (table, sort) => {
      if (current && current.table.file !== table.file) pager.toFirst();
      current = { table, sort };
      draw();
    },
  };
}

function rowOf(target: EventTarget | null): HTMLTableRowElement | null {
  return target instanceof Element ? target.closest<HTMLTableRowElement>('tr[data-row]') : null;
}

function headCell(
  { key, title, numeric }: (typeof columns)[number],
  sort: LinesSort,
  onSort: (sort: LinesSort) => void,
): HTMLElement {
  const isKey = key === sort.key;
  const button = make('button', { type: 'button', class: 'sort', 'data-key': key }, title);
  button.addEventListener('click', () => {
    onSort({ key, descending: isKey ? !sort.descending : numeric && key !== 'line' });
  });
  const cell = make('th', { scope: 'col', class: numeric ? 'number' : '' }, button);
  if (isKey) cell.setAttribute('aria-sort', sort.descending ? 'descending' : 'ascending');
  return cell;
}
