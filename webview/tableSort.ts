/** The order of the rows of the table. */
import { sortRows } from './tables/rowSort';
import type { TokenFacts } from './tokenFacts';

export const sortKeys = [
  'place',
  'text',
  'score',
  'spread',
  'effect',
  'share',
  'attribution',
] as const;
export type SortKey = (typeof sortKeys)[number];

export interface TableSort {
  readonly key: SortKey;
  readonly descending: boolean;
}

const sortValue: Readonly<Record<SortKey, (facts: TokenFacts) => number | string>> = {
  place: facts => facts.tokens[0]!,
  text: facts => facts.text.toLowerCase(),
  score: facts => facts.score,
  spread: facts => facts.spread?.size ?? Number.NaN,
  effect: facts => facts.score,
  share: facts => facts.share,
  attribution: facts => facts.attribution,
};

/** The rows in the order that `sort` asks for; equal ones, and those without a number, by their place. */
export function sortFacts(rows: readonly TokenFacts[], { key, descending }: TableSort) {
  const order = sortRows(rows, descending, sortValue[key], facts => facts.tokens[0]!);
  return order.map(at => rows[at]!);
}
