/** The scalar that is explained: weighted choices in one or several decisions of a model. */
import type { Head } from '../../model/head';
import { logitsAt, type RowOutput } from '../../model/rowOutput';
import type { ScalarKind } from '../../protocol/explanation';
import type { Link } from '../../protocol/task';

/** One choice of a decision. Of a sigmoid, `off` stands for "not this one". */
export interface Cell {
  readonly choice: number;
  readonly weight: number;
  readonly off: boolean;
}

/** What is decided at a token's position, about the whole text (0), or about an answer's start (0) or end (1). */
export interface Decision {
  readonly position: number;
  readonly cells: readonly Cell[];
}

/** Decisions that are read from one window; the scalar is the weighted sum over the parts. */
export interface Part {
  readonly window: number;
  readonly weight: number;
  readonly decisions: readonly Decision[];
}

export function cell(choice: number, weight = 1, off = false): Cell {
  return { choice, weight, off };
}

/** Probabilities of one decision's choices; the logits themselves where nothing turns them into any. */
export function probabilitiesOf(link: Link, logits: ArrayLike<number>): number[] {
  const numbers = Array.from(logits);
  if (link === 'identity') return numbers;
  return link === 'sigmoid' ? numbers.map(sigmoid) : logSoftmax(numbers).map(Math.exp);
}

/** The value of a part's scalar, its weight not counted. */
export function partValue(
  head: Head,
  scalar: ScalarKind,
  { decisions }: Part,
  output: RowOutput,
): number {
  let value = 0;
  for (const { position, cells } of decisions) {
    const logits = Array.from(logitsAt(head, output, position));
    const logs = head.link === 'softmax' && scalar !== 'logit' ? logSoftmax(logits) : [];
    for (const { choice, weight, off } of cells) {
      const logit = logits[choice]!;
      value += weight * cellValue(head.link, scalar, logit, logs[choice] ?? 0, off);
    }
  }
  return value;
}

function cellValue(
  link: Link,
  scalar: ScalarKind,
  logit: number,
  log: number,
  off: boolean,
): number {
  if (scalar === 'logit') return off ? -logit : logit;
  const logProbability = link === 'softmax' ? log : logSigmoid(off ? -logit : logit);
  return scalar === 'loss' ? -logProbability : Math.exp(logProbability);
}

/**
 * What the value has and the program's sum has not: the program differentiates, and leaves out the 1 in the
 * probability 1 - p of a label that is off.
 */
export function constantOf(scalar: ScalarKind, { decisions }: Part): number {
  if (scalar !== 'probability') return 0;
  return decisions
    .flatMap(({ cells }) => cells)
    .reduce((sum, { off, weight }) => sum + (off ? weight : 0), 0);
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function logSigmoid(logit: number): number {
  return logit >= 0 ? -Math.log1p(Math.exp(-logit)) : logit - Math.log1p(Math.exp(logit));
}

export function logSoftmax(logits: readonly number[]): number[] {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const rest = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
  return logits.map(logit => logit - largest - rest);
}
