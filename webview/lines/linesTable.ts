/** The attacked lines, one row each, in pages: thousands of rows cost no more than one page. */
import type { AttackTable, AttackTableRow } from '../../src/protocol';
import { make } from '../dom';
import { createRowTable } from '../tables/rowTable';
import type { HeadColumn } from '../tables/tableHead';
import { rowElement } from './linesRow';
import type { LinesSort, LinesSortKey } from './linesSort';
import { linesSortValue } from './linesSort';

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

const columns: readonly HeadColumn<LinesSortKey>[] = [
  { key: 'line', title: 'Line', numeric: true, upwards: true },
  { key: 'original', title: 'Original', numeric: false },
  { key: 'attacked', title: 'Attacked', numeric: false },
  { key: 'outcome', title: 'Outcome', numeric: false },
  { key: 'wordsChanged', title: 'Words changed', numeric: true },
  { key: 'queries', title: 'Queries', numeric: true },
];

export function createLinesTable(events: LinesTableEvents): LinesTable {
  const table = createRowTable<AttackTableRow, LinesSortKey>({
    label: 'Attacked lines',
    region: 'Table of lines',
    look: 'lines-table',
    columns: columns.map(column => ({ ...column, value: linesSortValue[column.key] })),
    idOf: (_, at) => String(at),
    tie: row => row.line,
    rowElement,
    actions: 'Actions',
    pageRows,
    onSort: events.onSort,
    onAct: (action, _, at) => {
      if (action === 'open') events.onOpen(at);
      else events.onReveal(at);
    },
  });
  let file = '';
  return {
    element: make('section', { class: 'lines', 'aria-label': 'Lines' }, table.element),
    show: (next, sort) => {
      if (next.file !== file) table.restart();
      file = next.file;
      table.show(next.rows, sort, next.state === 'running');
    },
  };
}
