/** Correlations of two lists of numbers of one length. */

/** Pearson's, in [-1, 1]; null where one of the lists is constant, empty, or holds something that is no number. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  const [middleX, middleY] = [mean(x), mean(y)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - middleX, y[i]! - middleY];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  // One root makes it exactly 1 where both are equal; two roots neither overflow nor vanish.
  const squared = xx * yy;
  const isSafe = squared > 1e-300 && Number.isFinite(squared);
  const found = xy / (isSafe ? Math.sqrt(squared) : Math.sqrt(xx) * Math.sqrt(yy));
  if (!Number.isFinite(found) || isConstant(x) || isConstant(y)) return null;
  return Math.max(-1, Math.min(1, found));
}

/** Spearman's: Pearson's of the ranks; null as there. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]!) || Number.isNaN(y[i]!)) return null;
  }
  return pearson(ranks(x), ranks(y));
}

/** Ranks from 1; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i);
  order.sort((a, b) => values[a]! - values[b]!);
  const found = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    // Ranks from + 1 to `to`.
    for (let i = from; i < to; i++) found[order[i]!] = (from + 1 + to) / 2;
  }
  return found;
}

/** The mean of equal numbers may differ from them by rounding, so that a variance does not tell. */
function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
