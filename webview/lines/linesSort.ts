/** The order of the rows of the table of lines. */
import type { AttackTableRow } from '../../src/protocol';

export const linesSortKeys = [
  'line',
  'original',
  'attacked',
  'outcome',
  'wordsChanged',
  'queries',
] as const;
export type LinesSortKey = (typeof linesSortKeys)[number];

export interface LinesSort {
  readonly key: LinesSortKey;
  readonly descending: boolean;
}

/** Successes first, what went wrong last. */
const outcomeOrder: readonly AttackTableRow['outcome'][] = [
  'flipped',
  'reduced',
  'failed',
  'skipped',
  'error',
];

const sortValue: Readonly<Record<LinesSortKey, (row: AttackTableRow) => number | string>> = {
  line: row => row.line,
  original: row => row.original.toLowerCase(),
  attacked: row => row.attacked.toLowerCase(),
  outcome: row => outcomeOrder.indexOf(row.outcome),
  wordsChanged: row => row.wordsChanged,
  queries: row => row.queries,
};

/** Indices into `rows` in the order that `sort` asks for; equal ones by their line. */
export function sortLines(
  rows: readonly AttackTableRow[],
  { key, descending }: LinesSort,
): number[] {
  const keyed = rows.map((row, at) => ({ at, line: row.line, value: sortValue[key](row) }));
  keyed.sort((a, b) => {
    const order = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
    return (descending ? -order : order) || a.line - b.line || a.at - b.at;
  });
  return keyed.map(({ at }) => at);
}
