/** Precision, recall and F1 of each label. */
import type { LabelScores, TaskKind } from '../../src/protocol';
import { make } from '../dom';
import { formatCount, formatProbability } from '../numbers';
import { numberCell } from '../tables/lineCells';
import { rememberedSort } from '../tables/rememberedSort';
import type { RowColumn } from '../tables/rowTable';
import { createRowTable } from '../tables/rowTable';
import { undefinedNote } from '../undefinedNote';
import type { UiState } from '../uiState';

type Key = 'label' | 'precision' | 'recall' | 'f1' | 'support' | 'predicted';

export interface LabelTable {
  readonly element: HTMLElement;
  readonly show: (labels: readonly LabelScores[], task: TaskKind, streaming: boolean) => void;
  readonly restart: () => void;
}

const columns: readonly RowColumn<LabelScores, Key>[] = [
  { key: 'label', title: 'Label', numeric: false, value: row => row.label.toLowerCase() },
  {
    key: 'precision',
    title: 'Precision',
    numeric: true,
    hint: 'Of what is predicted as the label, the share that is right.',
    value: row => row.precision,
  },
  {
    key: 'recall',
    title: 'Recall',
    numeric: true,
    hint: 'Of what has the label in the dataset, the share that is predicted so.',
    value: row => row.recall,
  },
  {
    key: 'f1',
    title: 'F1',
    numeric: true,
    hint: 'Harmonic mean of precision and recall.',
    value: row => row.f1,
  },
  { key: 'support', title: 'Gold', numeric: true, value: row => row.support },
  { key: 'predicted', title: 'Predicted', numeric: true, value: row => row.predicted },
];

export function createLabelTable(memory: {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}): LabelTable {
  const keys = columns.map(({ key }) => key);
  const sort = rememberedSort<Key>('labels', keys, { key: 'support', descending: true }, memory);
  let current: readonly LabelScores[] = [];
  let isStreaming = false;
  const table = createRowTable<LabelScores, Key>({
    label: 'Scores of each label',
    region: 'Table of labels',
    look: 'score-table',
    columns,
    idOf: row => row.label,
    rowElement,
    pageRows: 50,
    onSort: next => {
      sort.set(next);
      table.show(current, next, isStreaming);
    },
  });
  const title = make('h3', {});
  const element = make('section', { class: 'run-section' }, title, table.element);
  return {
    element,
    show: (labels, task, streaming) => {
      current = labels;
      isStreaming = streaming;
      element.hidden = labels.length === 0;
      title.textContent = task === 'token-classification' ? 'Whole entities by type' : 'By label';
      element.ariaLabel = title.textContent;
      table.show(labels, sort.get(), streaming);
    },
    restart: table.restart,
  };
}

function rowElement(row: LabelScores): HTMLTableRowElement {
  const { label, precision, recall, f1, support, predicted } = row;
  return make(
    'tr',
    {},
    make('th', { scope: 'row', class: 'label-cell', dir: 'auto' }, label),
    numberCell(scoreOf(precision, 'it is never predicted')),
    numberCell(scoreOf(recall, 'no line has it as its gold label')),
    numberCell(scoreOf(f1, 'it is neither gold nor predicted')),
    numberCell(formatCount(support)),
    numberCell(formatCount(predicted)),
  );
}

function scoreOf(value: number | null, reason: string): Node | string {
  return value === null || !Number.isFinite(value)
    ? undefinedNote(reason)
    : formatProbability(value);
}
