/** Lines on which two models were asked, the largest change first. */
import type { ModelChangeRow } from '../../src/protocol';
import { make } from '../dom';
import { formatCount, formatProbability, formatRaw } from '../numbers';
import { actionButton, labelCell, lineButton, numberCell, textCell } from '../tables/lineCells';
import { rememberedSort } from '../tables/rememberedSort';
import type { RowColumn } from '../tables/rowTable';
import type { StreamedTable } from '../tables/streamedTable';
import { createStreamedTable } from '../tables/streamedTable';
import { undefinedNote } from '../undefinedNote';
import type { UiState } from '../uiState';

type Key = 'line' | 'text' | 'gold' | 'before' | 'after' | 'flipped' | 'change' | 'mapChange';

export type ModelChangeTable = StreamedTable<ModelChangeRow>;

export interface ModelChangeTableEvents {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
  readonly onReveal: (line: number) => void;
  readonly onOpen: (line: number) => void;
}

const ok = (row: ModelChangeRow) => row.failed === null;

const columns: readonly RowColumn<ModelChangeRow, Key>[] = [
  { key: 'line', title: 'Line', numeric: true, upwards: true, value: row => row.line },
  { key: 'text', title: 'Text', numeric: false, value: row => row.text.toLowerCase() },
  { key: 'gold', title: 'Gold', numeric: false, value: row => row.gold?.toLowerCase() ?? null },
  {
    key: 'before',
    title: 'Before',
    numeric: false,
    value: row => (ok(row) ? row.before.label.toLowerCase() : null),
  },
  {
    key: 'after',
    title: 'After',
    numeric: false,
    value: row => (ok(row) ? row.after.label.toLowerCase() : null),
  },
  {
    key: 'flipped',
    title: 'Decision',
    numeric: false,
    value: row => (ok(row) ? Number(!row.flipped) : null),
  },
  {
    key: 'change',
    title: 'Change',
    numeric: true,
    hint: 'Total variation distance of the probabilities, 0 to 1; of numbers their difference.',
    value: row => (ok(row) ? Math.abs(row.change) : null),
  },
  {
    key: 'mapChange',
    title: 'Map change',
    numeric: true,
    hint: '1 minus the rank correlation (Spearman) of the two maps: 0 the same order, 2 the opposite.',
    value: row => (ok(row) ? row.mapChange : null),
  },
];

export function createModelChangeTable(events: ModelChangeTableEvents): ModelChangeTable {
  const keys = columns.map(({ key }) => key);
  const usual = { key: 'change', descending: true } as const;
  const sort = rememberedSort<Key>('models', keys, usual, events);
  return createStreamedTable<ModelChangeRow, Key>(sort, {
    label: 'Lines and how two models differ on them',
    region: 'Table of changes',
    look: 'stacking change-table',
    columns,
    idOf: row => String(row.line),
    tie: row => row.line,
    rowElement,
    actions: 'Actions',
    pageRows: 100,
    onAct: (action, { line }) => {
      if (action === 'open') events.onOpen(line);
      else events.onReveal(line);
    },
  });
}

function rowElement(row: ModelChangeRow): HTMLTableRowElement {
  const { line, text, gold, failed } = row;
  const first = [
    numberCell(lineButton(line)),
    textCell(text),
    labelCell(gold ?? undefinedNote('the dataset does not say', 'none')),
  ];
  if (failed !== null) {
    const says = make('td', { colspan: '5', class: 'problem-says' }, failed);
    return make('tr', {}, ...first, says, make('td'));
  }
  const { before, after, flipped, change, mapChange } = row;
  return make(
    'tr',
    {},
    ...first,
    decisionCell(before, gold),
    decisionCell(after, gold),
    labelCell(
      flipped
        ? make('strong', { class: 'flipped' }, 'flipped')
        : make('span', { class: 'muted' }, 'same'),
    ),
    numberCell(numberOr(change, 'the models have no common labels')),
    numberCell(numberOr(mapChange, 'one of the maps is missing or constant')),
    make(
      'td',
      {},
      actionButton('open', 'Compare', `Compare both models on line ${formatCount(line)}`),
    ),
  );
}

function numberOr(value: number | null, reason: string): Node | string {
  return value === null || !Number.isFinite(value)
    ? undefinedNote(reason)
    : formatRaw(value, false);
}

function decisionCell(
  { label, confidence }: ModelChangeRow['before'],
  gold: string | null,
): HTMLTableCellElement {
  const verdict = gold === null ? '' : label === gold ? 'right' : 'wrong';
  const share =
    confidence === null || !Number.isFinite(confidence) ? '' : formatProbability(confidence);
  const note = [share, verdict].filter(one => one !== '').join(', ');
  return labelCell(make('div', {}, label), make('div', { class: 'muted number-note' }, note));
}
