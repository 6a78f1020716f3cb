/** Scaled dot-product attention (Vaswani et al. 2017) in plain operators, with its heads apart: [batch, heads, length, features]. */
import type { RuleBuilder } from '../ruleBuilder';

/** [B, S, heads x features] -> [B, heads, S, features] */
export function splitHeads(b: RuleBuilder, x: string, heads: number): string {
  return b.op('Transpose', [b.reshape(x, b.ints([0, 0, heads, -1]))], { perm: [0, 2, 1, 3] });
}

/** [B, heads, S, features] -> [B, S, heads x features] */
export function mergeHeads(b: RuleBuilder, x: string): string {
  return b.reshape(b.op('Transpose', [x], { perm: [0, 2, 1, 3] }), b.ints([0, 0, -1]));
}

/** Grouped-query attention: each of the key heads serves `times` query heads, which lie side by side. */
export function repeatHeads(b: RuleBuilder, x: string, heads: number, times: number): string {
  if (times === 1) return x;
  const wide = b.op('Expand', [b.unsqueeze(x, [2]), b.ints([1, 1, times, 1, 1])]);
  const shape = b.concat([b.ints([0, heads * times, -1]), b.shapePart(x, 3, 4)], 0);
  return b.reshape(wide, shape);
}

export interface Attending {
  readonly q: string;
  readonly k: string;
  readonly v: string;
  /** Factor of the scores; undefined or 0: one over the root of the number of features. */
  readonly scale: number | undefined;
  /** Features of a head, where known. */
  readonly features: number | undefined;
  /** Added to the scores, in this order. */
  readonly additive: readonly string[];
  /** Scores pass softcap tanh(score / softcap) before anything is added; 0: they do not. */
  readonly softcap?: number;
}

/** softmax(scale q k^T + additive) v, [B, heads, S, features of v] */
export function attend(b: RuleBuilder, a: Attending): string {
  const scaled = scaledQuery(b, a);
  let scores = b.matmul(scaled, b.swapLast(a.k, 4));
  if (a.softcap) scores = b.scale(b.op('Tanh', [b.scale(scores, 1 / a.softcap)]), a.softcap);
  for (const term of a.additive) scores = b.add(scores, term);
  return b.matmul(b.op('Softmax', [scores], { axis: -1 }), a.v);
}

function scaledQuery(b: RuleBuilder, { q, scale, features }: Attending): string {
  if (scale) return b.scale(q, scale);
  if (features !== undefined) return b.scale(q, 1 / Math.sqrt(features));
  return b.div(q, b.op('Sqrt', [b.cast(b.shapePart(q, 3, 4))]));
}
