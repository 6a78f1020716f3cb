/** One pass over the training rows: losses, gradient and curvature of a head. */
import { curvatureAt, pairsOf, toCoordinates, type Directions } from './directions';
import { eachBlock, type FeatureBlock, type FeatureSource } from './features';
import { columnsOf, emptyState, logitsOf, lossOf, type LinearHead } from './linearHead';
import type { LossRow } from './lineLosses';
import type { RowProducts } from './rowProducts';

export interface HeadPass {
  /** sum_i w_i loss_i / n, n the number of lines (the sum of the weights in the blocks). */
  readonly loss: number;
  /** Its gradient by W, [classes, columns]. */
  readonly gradient: Float64Array;
  /** Its Hessian in the directions: [pairs, columns, columns], in the order of `pairsOf`. */
  readonly hessian: Float64Array;
}

export interface PassOptions {
  /** Times the weight in the block: 1 by default. A row of weight 0 is left out, but n stays. */
  readonly weight?: ((row: number) => number) | undefined;
  /** Called for every row; what it is given is overwritten by the next one. */
  readonly each?: ((row: LossRow) => void) | undefined;
  readonly progress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Throws GlassboxError 'cancelled'. `gram`: of the head's width and bias. */
export async function headPass(
  source: FeatureSource,
  head: LinearHead,
  directions: Directions,
  gram: RowProducts,
  { weight = () => 1, each, progress, signal }: PassOptions = {},
): Promise<HeadPass> {
  const { classes, width, bias, link } = head;
  const columns = columnsOf(head);
  const pairs = pairsOf(directions);
  const hessian = new Float64Array(pairs.length * columns * columns);
  const gradient = new Float64Array(classes * columns);
  const logits = new Float64Array(classes);
  const state = emptyState(classes);
  let [total, lines] = [0, 0];
  const visit = async (block: FeatureBlock, first: number): Promise<void> => {
    const weights = new Float64Array(pairs.length * block.rows);
    for (let row = 0; row < block.rows; row++) {
      const own = block.weights?.[row] ?? 1;
      lines += own;
      const w = weight(first + row) * own;
      logitsOf(head, block.features, row * width, logits);
      const { targets } = block;
      const offset = row * classes;
      const loss = lossOf(link, logits, targets, offset, state);
      each?.({ row: first + row, weight: own, loss, state, targets, offset });
      total += w * loss;
      for (let c = 0; c < classes; c++) {
        const factor = w * state.residual[c]!;
        const at = c * columns;
        for (let k = 0; k < width; k++) {
          gradient[at + k]! += factor * block.features[row * width + k]!;
        }
        if (bias) gradient[at + width]! += factor;
      }
      pairs.forEach((pair, j) => {
        weights[j * block.rows + row] = w * curvatureAt(link, directions, pair, state.answers);
      });
    }
    await gram.addGram(block, weights, hessian, signal);
    progress?.(first + block.rows);
  };
  await eachBlock(source, visit, signal);
  for (const sums of [gradient, hessian]) for (let i = 0; i < sums.length; i++) sums[i]! /= lines;
  return { loss: total / lines, gradient, hessian };
}

/** The gradient of a row's loss by W in the directions, [count, columns], of features from `offset` on. */
export function gradientOf(
  head: LinearHead,
  directions: Directions,
  { features, target }: { features: ArrayLike<number>; target: ArrayLike<number> },
): { gradient: Float64Array; loss: number } {
  const { classes, width, bias, link } = head;
  const logits = new Float64Array(classes);
  const state = emptyState(classes);
  logitsOf(head, features, 0, logits);
  const loss = lossOf(link, logits, target, 0, state);
  const coordinates = new Float64Array(directions.count);
  toCoordinates(directions, state.residual, coordinates, 0);
  const columns = columnsOf(head);
  const gradient = new Float64Array(directions.count * columns);
  coordinates.forEach((factor, j) => {
    for (let k = 0; k < width; k++) gradient[j * columns + k] = factor * features[k]!;
    if (bias) gradient[j * columns + width] = factor;
  });
  return { gradient, loss };
}
