/** Agreement of a map with what people marked as the reason. */
import type { LineMeasures } from '../../protocol/measures';
import { strongestFirst, type Scores } from './ranking';

/** Two stretches match where their intersection is at least this share of their union (DeYoung et al. 2020). */
const leastOverlap = 0.5;

/**
 * Token F1, IOU F1 and AUPRC of the scores of some tokens against `marked`, true where people marked the token (DeYoung et al. 2020,
 * arXiv:1911.03429, section 4). For the first two the strongest k tokens are the rationale, k being the number of marked tokens, so that
 * precision, recall and token F1 are one number. Null where nothing is marked.
 */
export function plausibility(
  scores: Scores,
  marked: readonly boolean[],
): NonNullable<LineMeasures['plausibility']> | null {
  const count = marked.filter(Boolean).length;
  if (count === 0) return null;
  const chosen = new Set(strongestFirst(scores).slice(0, count));
  const predicted = marked.map((_, token) => chosen.has(token));
  const hits = marked.filter((is, token) => is && predicted[token]).length;
  return {
    tokenF1: hits / count,
    iouF1: iouF1(predicted, marked),
    auprc: auprc(scores.values, marked),
  };
}

/** F1 of stretches of neighbouring tokens: one matches where it overlaps enough with one of the others. */
export function iouF1(predicted: readonly boolean[], marked: readonly boolean[]): number {
  const [ours, theirs] = [stretches(predicted), stretches(marked)];
  if (ours.length === 0 || theirs.length === 0) return 0;
  const share = (some: readonly Stretch[], others: readonly Stretch[]): number =>
    some.filter(one => others.some(other => overlap(one, other) >= leastOverlap)).length /
    some.length;
  const [precision, recall] = [share(ours, theirs), share(theirs, ours)];
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

function stretches(is: readonly boolean[]): Stretch[] {
  const found: { start: number; end: number }[] = [];
  is.forEach((yes, at) => {
    if (!yes) return;
    if (at > 0 && is[at - 1]) found.at(-1)!.end = at + 1;
    else found.push({ start: at, end: at + 1 });
  });
  return found;
}

function overlap(a: Stretch, b: Stretch): number {
  const both = Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
  return both / (a.end - a.start + (b.end - b.start) - both);
}

/**
 * Area under precision over recall by the trapezoid rule, the curve going through the point (recall 0, precision 1) and one point for
 * each different score, as scikit-learn's precision_recall_curve has them, which ERASER uses.
 */
export function auprc(values: readonly number[], marked: readonly boolean[]): number {
  const total = marked.filter(Boolean).length;
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!);
  let [hits, area] = [0, 0];
  let before = { recall: 0, precision: 1 };
  order.forEach((token, index) => {
    if (marked[token]) hits++;
    const next = order[index + 1];
    if (next !== undefined && values[next] === values[token]) return;
    const point = { recall: hits / total, precision: hits / (index + 1) };
    area += ((point.recall - before.recall) * (point.precision + before.precision)) / 2;
    before = point;
  });
  return area;
}
