/** The order of the rows of any table: by the values of a column, ties and what has no value in the order of the rows. */

export interface RowSort<Key extends string = string> {
  readonly key: Key;
  readonly descending: boolean;
}

/** Null and NaN: nothing to sort by, always last. */
export type SortValue = number | string | null;

/** Indices into `rows` in the order of `valueOf`; equal ones by `tie`, then as they stand. */
export function sortRows<Row>(
  rows: readonly Row[],
  descending: boolean,
  valueOf: (row: Row) => SortValue,
  tie: (row: Row) => number = () => 0,
): number[] {
  const keyed = rows.map((row, at) => ({ at, tie: tie(row), value: valueOf(row) }));
  keyed.sort((a, b) => {
    const lost = Number(isLost(a.value)) - Number(isLost(b.value));
    const order = lost || isLost(a.value) ? 0 : compare(a.value!, b.value!);
    return lost || (descending ? -order : order) || a.tie - b.tie || a.at - b.at;
  });
  return keyed.map(({ at }) => at);
}

function isLost(value: SortValue): boolean {
  return value === null || Number.isNaN(value);
}

function compare(x: number | string, y: number | string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
