/** Where predictions change little, maps should change little: distances of both under an edit. */
import type { EditDistance } from '../../protocol/measures';

/**
 * Distances of the logits (Euclidean) and of the maps: the attributions of the tokens that both texts have, scaled to length 1 each,
 * Euclidean, in [0, 2] (the ALPS lab's stability, but for the scaling, without which a larger logit alone would move a map). Null where
 * one of the maps is zero there. Over many texts and edits the two are correlated (src/batch/measuring/).
 * @param maps attributions before and after, of the tokens that both texts have.
 * @param logits of the decision before and after.
 */
export function editDistance(
  edit: string,
  maps: readonly [readonly number[], readonly number[]],
  logits: readonly [readonly number[], readonly number[]],
): EditDistance | null {
  const [before, after] = maps.map(unit);
  if (!before || !after) return null;
  const attribution = distance(before, after);
  const prediction = distance(...logits);
  return Number.isFinite(attribution + prediction) ? { edit, prediction, attribution } : null;
}

function unit(values: readonly number[]): number[] | null {
  const size = Math.hypot(...values);
  return size === 0 ? null : values.map(value => value / size);
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, i) => value - b[i]!));
}
