/** Comprehensiveness and sufficiency, averaged over shares of the tokens. */
import type { StrippedText, TokenSet } from './strippedText';

/** Of each share the strongest tokens, at least one. */
export function rationales(order: readonly number[], shares: readonly number[]): TokenSet[] {
  return shares.map(share => order.slice(0, Math.max(1, Math.round(share * order.length))));
}

/** Comprehensiveness takes the rationale away, sufficiency everything else. */
export function aopcSets(order: readonly number[], shares: readonly number[]): TokenSet[] {
  const all = rationales(order, shares);
  return [...all, ...all.map(rationale => without(order, rationale))];
}

/**
 * Mean over the shares of p(x) - p(x without the strongest tokens), p the probability of what is explained (DeYoung et al. 2020,
 * arXiv:1911.03429, section 4: comprehensiveness, AOPC over 1, 5, 10, 20 and 50 %). In [-1, 1], higher is better.
 */
export function comprehensiveness(
  text: StrippedText,
  order: readonly number[],
  shares: readonly number[],
): number {
  return meanFall(text, rationales(order, shares));
}

/** Mean over the shares of p(x) - p(only the strongest tokens); lower is better, and it may be negative. */
export function sufficiency(
  text: StrippedText,
  order: readonly number[],
  shares: readonly number[],
): number {
  return meanFall(
    text,
    rationales(order, shares).map(rationale => without(order, rationale)),
  );
}

function meanFall(text: StrippedText, sets: readonly TokenSet[]): number {
  const whole = text.valueWithout([]);
  return sets.reduce((sum, set) => sum + whole - text.valueWithout(set), 0) / sets.length;
}

function without(order: readonly number[], rationale: TokenSet): TokenSet {
  const kept = new Set(rationale);
  return order.filter(token => !kept.has(token));
}
