/** The order of the rows of the table of lines. */
import type { AttackTableRow } from '../../src/protocol';
import type { RowSort } from '../tables/rowSort';
import { sortRows } from '../tables/rowSort';

export const linesSortKeys = [
  'line',
  'original',
  'attacked',
  'outcome',
  'wordsChanged',
  'queries',
] as const;
export type LinesSortKey = (typeof linesSortKeys)[number];
export type LinesSort = RowSort<LinesSortKey>;

/** Successes first, what went wrong last. */
const outcomeOrder: readonly AttackTableRow['outcome'][] = [
  'flipped',
  'reduced',
  'failed',
  'skipped',
  'error',
];

export const linesSortValue: Readonly<
  Record<LinesSortKey, (row: AttackTableRow) => number | string>
> = {
  line: row => row.line,
  original: row => row.original.toLowerCase(),
  attacked: row => row.attacked.toLowerCase(),
  outcome: row => outcomeOrder.indexOf(row.outcome),
  wordsChanged: row => row.wordsChanged,
  queries: row => row.queries,
};

/** Indices into `rows` in the order that `sort` asks for; equal ones by their line. */
export function sortLines(rows: readonly AttackTableRow[], { key, descending }: LinesSort) {
  return sortRows(rows, descending, linesSortValue[key], row => row.line);
}
