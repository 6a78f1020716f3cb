/** True top-k masking: what becomes of a prediction while the strongest tokens are taken away, step by step. */
import type { CurvePoint } from '../../protocol/measures';
import type { StrippedText, TokenSet } from './strippedText';

/** 0, 0.1, ..., 1 */
export const curveShares: readonly number[] = Array.from({ length: 11 }, (_, i) => i / 10);

/** The strongest `share` of the tokens, rounded to whole tokens; `order` from the strongest on. */
function topOf(order: readonly number[], share: number): TokenSet {
  return order.slice(0, Math.round(share * order.length));
}

export function curveSets(order: readonly number[]): TokenSet[] {
  return curveShares.map(share => topOf(order, share));
}

/**
 * By RANK the first k tokens of `order` go, special tokens never; k = 0, 10, ..., 100 % of the text's tokens (Atanasova et al. 2020,
 * arXiv:2009.13295, section 3; there special tokens count and can be masked, too). The area over a file is made of the labels
 * (src/batch/measuring/).
 */
export function curveOf(text: StrippedText, order: readonly number[]): CurvePoint[] {
  return curveShares.map(share => {
    const set = topOf(order, share);
    return { share, label: text.labelWithout(set), value: text.valueWithout(set) };
  });
}
