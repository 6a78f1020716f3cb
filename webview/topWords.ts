/** Which words of a map are tinted: all, or the strongest only. */
import type { SaliencyMap, TokenFacts } from './tokenFacts';

/** 'all': every word; 'ranked': every word, with the table of weights; a number: so many of the strongest. */
export const topChoices = ['all', 'ranked', '10', '5', '3'] as const;
export type TopChoice = (typeof topChoices)[number];

export const topWords: Readonly<Record<TopChoice, string>> = {
  all: 'All words',
  ranked: 'All words, weights listed',
  '10': '10 strongest words',
  '5': '5 strongest words',
  '3': '3 strongest words',
};

/** That most of a map is left untinted, in words; null where all is tinted. */
export function topSentence({ top }: SaliencyMap): string | null {
  return top === null ? null : `Only the ${top} strongest words are tinted.`;
}

/** How many are tinted; null: all. */
export function topCount(choice: TopChoice): number | null {
  return choice === 'all' || choice === 'ranked' ? null : Number(choice);
}

/**
 * What stands in the texts, the strongest first; of equal ones the first in the text. Special tokens are no words, and what has
 * no effect, or no number, is not listed.
 */
export function strongest(map: SaliencyMap): TokenFacts[] {
  return map.fields
    .flatMap(field => field.pieces)
    .flatMap(({ facts }) => (facts && Math.abs(facts.score) > 0 ? [facts] : []))
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
}

/** The same map with tints on its `count` strongest words only; every number stays. */
export function onlyTop(map: SaliencyMap, count: number | null): SaliencyMap {
  if (count === null) return map;
  const kept = new Set(strongest(map).slice(0, count));
  const of = (facts: TokenFacts): TokenFacts =>
    kept.has(facts) ? facts : { ...facts, size: 0, tint: 'none' };
  return {
    ...map,
    top: count,
    fields: map.fields.map(field => ({
      ...field,
      pieces: field.pieces.map(piece => ({ ...piece, facts: piece.facts && of(piece.facts) })),
    })),
    apart: map.apart.map(of),
  };
}
