/**
 * A table of any length in pages: sorted by its columns, walked by arrow keys, drawn row by row. What streams in moves
 * neither what is read nor the focus.
 */
import { createButton } from '../controls';
import { fill, make } from '../dom';
import { keepFocus } from '../keepFocus';
import { formatCount } from '../numbers';
import { createPager } from '../pager';
import { placeChildren } from '../placeChildren';
import { createHeldOrder } from './heldOrder';
import type { RowSort, SortValue } from './rowSort';
import { sortRows } from './rowSort';
import { createRoving } from './roving';
import type { HeadColumn } from './tableHead';
import { headCell } from './tableHead';

export interface RowColumn<Row, Key extends string> extends HeadColumn<Key> {
  readonly value: (row: Row) => SortValue;
}

export interface RowTableParts<Row, Key extends string> {
  /** Of the table, and of what it is scrolled in, for ears. */
  readonly label: string;
  readonly region: string;
  /** Class of the table besides 'row-table'. */
  readonly look: string;
  readonly columns: readonly RowColumn<Row, Key>[];
  /** What of one time is the same row as another time's. */
  readonly idOf: (row: Row, at: number) => string;
  /** Rows of equal value stand in this order. */
  readonly tie?: (row: Row) => number;
  /** Its buttons say what they do in `data-action`; without any, `onAct` is left out. */
  readonly rowElement: (row: Row, at: number) => HTMLTableRowElement;
  /** Words of a last column for buttons. */
  readonly actions?: string;
  /** They stand in the head for all to see, not for ears only. */
  readonly actionsInSight?: boolean;
  readonly pageRows: number;
  readonly onSort: (sort: RowSort<Key>) => void;
  /** A click beside the buttons is 'reveal'. `at`: its index in the rows that were shown. */
  readonly onAct?: (action: string, row: Row, at: number) => void;
}

export interface RowTable<Row, Key extends string> {
  readonly element: HTMLElement;
  /** `streaming`: more is to come. */
  readonly show: (rows: readonly Row[], sort: RowSort<Key>, streaming: boolean) => void;
  /** The next rows are others: from their first page on, and nothing is held. */
  readonly restart: () => void;
}

/** A row that is drawn, and what it was drawn from: the same row is not drawn twice. */
interface Drawn {
  readonly key: string;
  readonly element: HTMLTableRowElement;
}

export function createRowTable<Row, Key extends string>(
  parts: RowTableParts<Row, Key>,
): RowTable<Row, Key> {
  const head = make('thead');
  const body = make('tbody');
  const table = { 'aria-label': parts.label, class: `row-table ${parts.look}` };
  const region = make(
    'div',
    { class: 'table-scroll', role: 'region', 'aria-label': parts.region, tabindex: '0' },
    make('table', table, head, body),
  );
  const held = createHeldOrder();
  const pager = createPager(parts.pageRows, () => {
    draw();
    region.scrollTop = 0;
  });
  const fresh = createButton('', () => {
    held.release();
    draw();
  });
  const waiting = make('div', { class: 'rows-waiting', role: 'status' }, fresh.element);

  let rows: readonly Row[] = [];
  let sort: RowSort<Key> | null = null;
  let streaming = false;
  let known = new Map<string, { readonly row: Row; readonly at: number }>();
  let drawn = new Map<string, Drawn>();
  let heading = '';

  const isRead = () =>
    pager.page() > 0 ||
    region.scrollTop > 0 ||
    region.getBoundingClientRect().top < 0 ||
    region.matches(':hover') ||
    body.contains(document.activeElement) ||
    hasSelection(region);

  const draw = () => {
    if (!sort) return;
    const { key, descending } = sort;
    const column = parts.columns.find(one => one.key === key) ?? parts.columns[0]!;
    const now = new Map(rows.map((row, at) => [parts.idOf(row, at), { row, at }]));
    const ids = [...now.keys()];
    const wanted = sortRows(rows, descending, column.value, parts.tie).map(at => ids[at]!);
    const reach = (pager.page() + 1) * parts.pageRows;
    const order = held.next(wanted, streaming && isRead(), reach);
    // A row that is read may have left the list: it stays as it was.
    for (const id of order) if (!now.has(id)) now.set(id, known.get(id)!);
    known = now;
    const [start, end] = pager.show(order.length);
    const shown = new Set(order === wanted ? [] : order);
    const waits = order === wanted ? 0 : wanted.filter(id => !shown.has(id)).length;
    fresh.setText(waits > 0 ? `Show ${formatCount(waits)} New` : 'Sort Again');
    waiting.hidden = order === wanted;
    drawHead(sort);
    const before = drawn;
    drawn = new Map(
      order.slice(start, end).map(id => {
        const { row, at } = now.get(id)!;
        const rowKey = JSON.stringify([row, at]);
        const old = before.get(id);
        return [id, old?.key === rowKey ? old : { key: rowKey, element: rowOf(id, row, at) }];
      }),
    );
    keepFocus(body, () => {
      placeChildren(
        body,
        [...drawn.values()].map(({ element }) => element),
      );
    });
    roving.refresh();
  };
  const rowOf = (id: string, row: Row, at: number) => {
    const element = parts.rowElement(row, at);
    element.dataset['id'] = id;
    // Where there is no room for columns, cells stand below each other with their names.
    for (const [place, cell] of [...element.cells].entries()) {
      const name = cell.colSpan === 1 ? parts.columns[place]?.title : undefined;
      if (name !== undefined) cell.dataset['name'] = name;
    }
    for (const button of element.querySelectorAll<HTMLElement>('[data-action]')) {
      button.dataset['key'] =
        `${button.dataset['action'] ?? ''} ${button.dataset['of'] ?? ''} ${id}`;
    }
    return element;
  };
  const drawHead = (now: RowSort<Key>) => {
    const key = JSON.stringify(now);
    if (key === heading) return;
    heading = key;
    const cells = parts.columns.map(column =>
      headCell(column, now, next => {
        pager.toFirst();
        held.release();
        parts.onSort(next);
      }),
    );
    const last =
      parts.actions === undefined
        ? null
        : make('td', {}, actionsHead(parts.actions, parts.actionsInSight === true));
    keepFocus(head, () => {
      fill(head, make('tr', {}, ...cells, last));
    });
  };
  const roving = createRoving(body, (action, element) => {
    const found = known.get(element.dataset['id'] ?? '');
    if (found) parts.onAct?.(action, found.row, found.at);
  });
  if (parts.onAct) body.classList.add('rows-lead');

  return {
    element: make('div', { class: 'paged-table' }, waiting, region, pager.element),
    show: (nextRows, nextSort, isStreaming) => {
      rows = nextRows;
      sort = nextSort;
      streaming = isStreaming || (streaming && !waiting.hidden);
      draw();
    },
    restart: () => {
      pager.toFirst();
      held.release();
      known = new Map();
      region.scrollTop = 0;
    },
  };
}

function actionsHead(words: string, inSight: boolean): HTMLElement {
  return make('span', { class: inSight ? 'sort-less' : 'for-ears' }, words);
}

function hasSelection(within: HTMLElement): boolean {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && within.contains(selection.anchorNode);
}
