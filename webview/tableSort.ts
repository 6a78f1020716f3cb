/** The order of the rows of the table. */
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
  const value = sortValue[key];
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    const lost = Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    const order = x < y ? -1 : x > y ? 1 : 0;
    return lost || (descending ? -order : order) || a.tokens[0]! - b.tokens[0]!;
  });
}
