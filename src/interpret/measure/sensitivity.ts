/** How far a map moves under small changes of the text. */

/**
 * max over changed texts of |a(x') - a(x)| / |a(x)|, Euclidean (Yeh et al. 2019, arXiv:1901.09392, definition 3.1; relative, as Captum
 * has it). A changed text has one token swapped for the token with the nearest word vector (swaps.ts): the ball of the definition is
 * of word vectors, which perturbation methods cannot be given, and a swap all methods can explain. Lower is better; null where the map is
 * zero or there is no changed text.
 */
export function sensitivityMax(
  map: readonly number[],
  changed: readonly (readonly number[])[],
): number | null {
  const size = Math.hypot(...map);
  if (size === 0 || changed.length === 0) return null;
  const moves = changed.map(
    other => Math.hypot(...map.map((value, i) => value - other[i]!)) / size,
  );
  const largest = Math.max(...moves);
  return Number.isFinite(largest) ? largest : null;
}
