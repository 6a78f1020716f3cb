/**
 * A model's last linear map as what is learned: losses, gradients and curvature of a row in closed form, in float64.
 *
 * With h~ the features of a row, [h; 1] where the map has a bias, z = W h~ the logits and p = link(z), every loss here has
 *   gradient r (x) h~ by W, r = k (p - y), and Hessian k S (x) h~ h~^T, S as below and k a number.
 * Softmax: -sum y log p, S = diag(p) - p p^T, k = 1. Sigmoid: the mean binary cross-entropy of C labels, S = diag(p (1 - p)), k = 1 / C.
 * Identity: the mean squared error of C numbers, S = I, k = 2 / C. These are the losses that models are trained with, as in
 * curvature/rowLoss.ts. (The gradient of a generalised linear model with its canonical link: McCullagh and Nelder 1989, chapter 2;
 * Bohning 1992, Multinomial logistic regression algorithm, for softmax.)
 */
import type { Link } from '../../../protocol/task';
import { dotAt } from '../../linear/dot';

export interface LinearHead {
  readonly link: Link;
  readonly classes: number;
  /** Numbers of h. */
  readonly width: number;
  /** Whether h~ has a 1 at its end. */
  readonly bias: boolean;
  /** [classes, columns], columns = width, and one more for the bias. */
  readonly weights: Float64Array;
}

/** Numbers of h~. */
export function columnsOf({ width, bias }: Pick<LinearHead, 'width' | 'bias'>): number {
  return bias ? width + 1 : width;
}

/** z = W h~ [classes] into `logits`, h being `features` from `offset` on. */
export function logitsOf(
  head: LinearHead,
  features: ArrayLike<number>,
  offset: number,
  logits: Float64Array,
): void {
  const { classes, width, bias, weights } = head;
  const columns = columnsOf(head);
  for (let c = 0; c < classes; c++) {
    const start = c * columns;
    const sum = dotAt(weights, start, features, offset, width);
    logits[c] = bias ? sum + weights[start + width]! : sum;
  }
}

/** What the link makes of a row's logits. */
export interface RowState {
  /** p [classes]; of an identity link z itself. */
  readonly answers: Float64Array;
  /** The gradient of the loss by the logits, k (p - y) [classes]. */
  readonly residual: Float64Array;
}

export function emptyState(classes: number): RowState {
  return { answers: new Float64Array(classes), residual: new Float64Array(classes) };
}

/** k above: what the gradient by the logits is of p - y. */
export function scaleOf(link: Link, classes: number): number {
  if (link === 'softmax') return 1;
  return link === 'sigmoid' ? 1 / classes : 2 / classes;
}

/** The loss of a row with target y = `targets` from `offset` on; fills `state`. */
export function lossOf(
  link: Link,
  logits: Float64Array,
  targets: ArrayLike<number>,
  offset: number,
  state: RowState,
): number {
  switch (link) {
    case 'softmax':
      return softmaxLoss(logits, targets, offset, state);
    case 'sigmoid':
      return sigmoidLoss(logits, targets, offset, state);
    case 'identity':
      return squaredLoss(logits, targets, offset, state);
  }
}

function softmaxLoss(
  logits: Float64Array,
  targets: ArrayLike<number>,
  offset: number,
  { answers, residual }: RowState,
): number {
  const largest = logits.reduce((x, y) => Math.max(x, y), -Infinity);
  let total = 0;
  for (let c = 0; c < logits.length; c++) total += answers[c] = Math.exp(logits[c]! - largest);
  const logTotal = Math.log(total);
  let loss = 0;
  for (let c = 0; c < logits.length; c++) {
    const y = targets[offset + c]!;
    answers[c]! /= total;
    residual[c] = answers[c]! - y;
    if (y !== 0) loss -= y * (logits[c]! - largest - logTotal);
  }
  for (let c = 0; c < logits.length; c++) {
    // p - 1 of a sure and right answer would lose its digits.
    if (targets[offset + c] === 1) residual[c] = -sumBut(answers, c);
  }
  return loss;
}

function sumBut(numbers: Float64Array, without: number): number {
  let sum = 0;
  for (let c = 0; c < numbers.length; c++) if (c !== without) sum += numbers[c]!;
  return sum;
}

function sigmoidLoss(
  logits: Float64Array,
  targets: ArrayLike<number>,
  offset: number,
  { answers, residual }: RowState,
): number {
  const scale = scaleOf('sigmoid', logits.length);
  let loss = 0;
  for (let c = 0; c < logits.length; c++) {
    const [z, y] = [logits[c]!, targets[offset + c]!];
    // log(1 + e^z) - y z, without overflow.
    const small = Math.exp(-Math.abs(z));
    loss += Math.max(z, 0) + Math.log1p(small) - y * z;
    const [p, rest] =
      z > 0 ? [1 / (1 + small), small / (1 + small)] : [small / (1 + small), 1 / (1 + small)];
    answers[c] = p;
    residual[c] = scale * (y === 1 ? -rest : p - y);
  }
  return scale * loss;
}

function squaredLoss(
  logits: Float64Array,
  targets: ArrayLike<number>,
  offset: number,
  { answers, residual }: RowState,
): number {
  const scale = scaleOf('identity', logits.length);
  let loss = 0;
  for (let c = 0; c < logits.length; c++) {
    answers[c] = logits[c]!;
    const off = logits[c]! - targets[offset + c]!;
    residual[c] = scale * off;
    loss += scale * ((off * off) / 2);
  }
  return loss;
}
