/** Words that drive a label, towards it or away from it, the strongest first. */
import type { DriverRow } from '../../src/protocol';
import { make } from '../dom';
import { formatCount, formatMean, formatScore, formatShare } from '../numbers';
import { actionButton, numberCell } from '../tables/lineCells';
import { rememberedSort } from '../tables/rememberedSort';
import type { RowColumn } from '../tables/rowTable';
import { createRowTable } from '../tables/rowTable';
import { undefinedNote } from '../undefinedNote';
import type { UiState } from '../uiState';
import { quote } from '../words';
import { isShortcut } from './shortcut';

type Key = 'word' | 'mean' | 'occurrences' | 'lines' | 'share' | 'z';

export interface DriverTable {
  readonly element: HTMLElement;
  /** `strongest`: the largest size of a mean attribution among all words of the label. */
  readonly show: (rows: readonly DriverRow[], strongest: number, streaming: boolean) => void;
  readonly restart: () => void;
}

export interface DriverTableParts {
  readonly side: 'towards' | 'away';
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
  readonly onReveal: (line: number) => void;
}

/** Lines that a row leads to without making it tall. */
const shownExamples = 4;

const columns: readonly RowColumn<DriverRow, Key>[] = [
  { key: 'word', title: 'Word', numeric: false, value: row => row.word },
  {
    key: 'mean',
    title: 'Mean attribution',
    numeric: true,
    hint: 'Mean over its occurrences of the attribution towards the label, with its standard error.',
    value: row => Math.abs(row.mean),
  },
  { key: 'occurrences', title: 'Times', numeric: true, value: row => row.occurrences },
  { key: 'lines', title: 'Lines', numeric: true, value: row => row.lines },
  {
    key: 'share',
    title: 'Label share',
    numeric: true,
    hint: 'Share of the lines with the word whose gold label is this one, against the share of all lines.',
    value: row => row.labelShare,
  },
  {
    key: 'z',
    title: 'z',
    numeric: true,
    hint: 'How many standard deviations the share is from chance (two-proportion z).',
    value: row => (row.z === null ? null : Math.abs(row.z)),
  },
];

export function createDriverTable(parts: DriverTableParts): DriverTable {
  const { side } = parts;
  const keys = columns.map(({ key }) => key);
  const sort = rememberedSort<Key>(
    `drivers ${side}`,
    keys,
    { key: 'mean', descending: true },
    parts,
  );
  let rows: readonly Placed[] = [];
  let isStreaming = false;
  const table = createRowTable<Placed, Key>({
    label: `Words ${side === 'towards' ? 'towards' : 'away from'} the label`,
    region: `Table: words ${side}`,
    look: `stacking driver-table driver-${side}`,
    columns: columns.map(column => ({ ...column, value: row => column.value(row.driver) })),
    idOf: ({ driver }) => driver.word,
    rowElement: row => rowElement(row, side),
    actions: 'Example lines',
    actionsInSight: true,
    pageRows: 50,
    onSort: next => {
      sort.set(next);
      table.show(rows, next, isStreaming);
    },
    onAct: (action, { driver }) => {
      const line = action === 'reveal' ? driver.examples[0] : Number(action);
      if (line !== undefined) parts.onReveal(line);
    },
  });
  return {
    element: table.element,
    show: (next, strongest, streaming) => {
      rows = next.map(driver => ({ driver, strongest }));
      isStreaming = streaming;
      table.show(rows, sort.get(), streaming);
    },
    restart: table.restart,
  };
}

/** A row with what its bar is measured by. */
interface Placed {
  readonly driver: DriverRow;
  readonly strongest: number;
}

function rowElement({ driver, strongest }: Placed, side: 'towards' | 'away') {
  const { word, label, mean, error, occurrences, lines, z } = driver;
  const mark = isShortcut(driver, strongest)
    ? make('span', { class: 'shortcut-mark' }, 'shortcut?')
    : null;
  const length = make('span', { class: 'bar-length' });
  length.style.setProperty('--part', String(strongest > 0 ? Math.abs(mean) / strongest : 0));
  const shown = formatMean(mean, error, true);
  const spread = shown.error === null ? '' : ` \u00b1 ${shown.error}`;
  return make(
    'tr',
    {},
    make('th', { scope: 'row', class: 'driver-word' }, make('bdi', {}, word), ' ', mark),
    make(
      'td',
      { class: 'driver-bar' },
      make('div', { class: 'number' }, `${shown.mean}${spread} ${side}`),
      make('div', { class: 'bar-track', 'aria-hidden': 'true' }, length),
    ),
    numberCell(formatCount(occurrences)),
    numberCell(formatCount(lines)),
    numberCell(...shareNodes(driver)),
    numberCell(
      z === null || !Number.isFinite(z)
        ? undefinedNote(`there are no gold labels to count ${quote(label)} by`)
        : formatScore(z, true),
    ),
    make('td', { class: 'driver-lines' }, ...exampleNodes(driver)),
  );
}

function shareNodes({ labelShare, labelShareOfAll }: DriverRow): (Node | string)[] {
  if (labelShare === null || !Number.isFinite(labelShare))
    return [undefinedNote('there are no gold labels to count by')];
  if (labelShareOfAll === null || !Number.isFinite(labelShareOfAll))
    return [formatShare(labelShare)];
  return [
    formatShare(labelShare),
    make('div', { class: 'muted' }, `of all ${formatShare(labelShareOfAll)}`),
  ];
}

function exampleNodes({ word, examples }: DriverRow): (HTMLElement | string)[] {
  return examples.slice(0, shownExamples).flatMap((line, at) => {
    const number = formatCount(line);
    const spoken = `Go to line ${number} with ${quote(word)}`;
    return [actionButton(at === 0 ? 'reveal' : String(line), number, spoken), ' '];
  });
}
