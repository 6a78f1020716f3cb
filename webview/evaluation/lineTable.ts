/** Lines with what gold and the model say: the wrong ones, and those of a cell of the confusion matrix. */
import type { EvaluationRow } from '../../src/protocol';
import { make } from '../dom';
import { formatCount, formatProbability, formatValue } from '../numbers';
import { actionButton, labelCell, lineButton, numberCell, textCell } from '../tables/lineCells';
import { rememberedSort } from '../tables/rememberedSort';
import type { RowColumn } from '../tables/rowTable';
import type { StreamedTable } from '../tables/streamedTable';
import { createStreamedTable } from '../tables/streamedTable';
import { undefinedNote } from '../undefinedNote';
import type { UiState } from '../uiState';

type Key = 'line' | 'text' | 'gold' | 'predicted' | 'confidence' | 'error';

export type LineTable = StreamedTable<EvaluationRow>;

export interface LineTableParts {
  /** For ears: 'Wrong lines'. */
  readonly label: string;
  /** What the last column has, and is sorted by at first: how sure the model is, or how far it is off. */
  readonly size: 'confidence' | 'error';
  /** Under which its order is remembered. */
  readonly name: string;
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
  readonly onReveal: (line: number) => void;
  readonly onExplain: (line: number) => void;
}

/** Rows of a page. */
const pageRows = 100;

const columns: readonly RowColumn<EvaluationRow, Key>[] = [
  { key: 'line', title: 'Line', numeric: true, upwards: true, value: row => row.line },
  { key: 'text', title: 'Text', numeric: false, value: row => row.text.toLowerCase() },
  { key: 'gold', title: 'Gold', numeric: false, value: row => row.gold?.toLowerCase() ?? null },
  {
    key: 'predicted',
    title: 'Predicted',
    numeric: false,
    value: row => row.predicted.toLowerCase(),
  },
];
const sizeColumns: Readonly<Record<LineTableParts['size'], RowColumn<EvaluationRow, Key>>> = {
  confidence: {
    key: 'confidence',
    title: 'Confidence',
    numeric: true,
    hint: 'Probability of the decision.',
    value: row => row.confidence,
  },
  error: {
    key: 'error',
    title: 'Error',
    numeric: true,
    hint: 'Distance of the predicted from the gold number; of several numbers the sum.',
    value: errorOf,
  },
};

export function createLineTable(parts: LineTableParts): LineTable {
  const { size } = parts;
  const all = [...columns, sizeColumns[size]];
  const keys = all.map(({ key }) => key);
  const sort = rememberedSort<Key>(parts.name, keys, { key: size, descending: true }, parts);
  return createStreamedTable<EvaluationRow, Key>(sort, {
    label: parts.label,
    region: `Table: ${parts.label}`,
    look: 'stacking evaluated-table',
    columns: all,
    idOf: row => String(row.line),
    tie: row => row.line,
    rowElement: row => rowElement(row, size),
    actions: 'Actions',
    pageRows,
    onAct: (action, { line }) => {
      if (action === 'explain') parts.onExplain(line);
      else parts.onReveal(line);
    },
  });
}

function rowElement(row: EvaluationRow, size: LineTableParts['size']) {
  const { line, text, gold, predicted } = row;
  return make(
    'tr',
    {},
    numberCell(lineButton(line)),
    textCell(text),
    labelCell(gold ?? undefinedNote('the dataset does not say', 'none')),
    labelCell(predicted),
    numberCell(sizeNode(row, size)),
    make('td', {}, actionButton('explain', 'Explain', `Explain line ${formatCount(line)}`)),
  );
}

function sizeNode(row: EvaluationRow, size: LineTableParts['size']): Node | string {
  const value = size === 'error' ? errorOf(row) : row.confidence;
  if (value === null || !Number.isFinite(value)) {
    return undefinedNote(
      size === 'error'
        ? 'gold and prediction are not the same number of numbers'
        : 'the decision has no single probability',
    );
  }
  return size === 'error' ? formatValue(value) : formatProbability(value);
}

/** How far numbers are off; null where they are none. */
function errorOf({ gold, predicted }: EvaluationRow): number | null {
  const [wanted, said] = [numbersIn(gold ?? ''), numbersIn(predicted)];
  if (wanted.length === 0 || wanted.length !== said.length) return null;
  const error = wanted.reduce((sum, value, at) => sum + Math.abs(value - said[at]!), 0);
  return Number.isFinite(error) ? error : null;
}

/** '3.7' or '0.2, \u22120.4': numbers as they are written in words. */
function numbersIn(words: string): number[] {
  if (words.trim() === '') return [];
  return words.split(',').map(word => Number(word.replaceAll('\u2212', '-')));
}
