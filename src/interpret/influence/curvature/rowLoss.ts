/** The loss that a model was trained with, a number for each row, by what its head decides. */
import { crossEntropy, labelsInput, type RowLoss } from '../../../autodiff/compose';
import type { Head } from '../../../model/head';
import type { TensorValue } from '../../../runtime/session';
import { GlassboxError } from '../../../protocol/messages';

/**
 * What is right for a row: the class of a text; one a token for taggers and masked models, negative (as -100) where
 * none counts; and for the other links a number an output, 0 or 1 for each label, or the numbers of a regression.
 */
export type Target = number | readonly number[];

export interface HeadLoss {
  /** Appends the sum of the losses of a row's decisions; declares the input `labelsInput`. */
  readonly append: RowLoss;
  /** The input's tensor for rows that take up `columns` tokens. */
  feed(targets: readonly Target[], columns: number): TensorValue;
  /** How many decisions of a row count: its loss is their mean, as all are trained. */
  decisions(target: Target): number;
  /** False for what a head of so many classes cannot be asked; the graph would take it for a loss of 0. */
  fits(target: Target, classes: number): boolean;
}

/** Throws GlassboxError 'unsupported' for a head whose loss is not of one output. */
export function lossOf({ decides, link, task }: Head, file: string): HeadLoss {
  if (decides === 'ends') {
    throw new GlassboxError(
      'unsupported',
      `${file} answers questions (${task}); influence is traced for classifiers, taggers and regressions.`,
    );
  }
  if (decides === 'token') return tokenLoss;
  if (link === 'softmax') return classLoss;
  return link === 'sigmoid' ? labelsLoss : numbersLoss;
}

/** Cross-entropy of one class. */
const classLoss: HeadLoss = {
  append: crossEntropy,
  feed: targets => wholeNumbers([targets.length], targets.flat()),
  decisions: () => 1,
  fits: (target, classes) => typeof target === 'number' && isClass(target, classes),
};

/** The mean cross-entropy of the tokens that count. */
const tokenLoss: HeadLoss = {
  append: crossEntropy,
  feed: (targets, columns) =>
    wholeNumbers(
      [targets.length, columns],
      targets.flatMap(target => padded(listOf(target), columns)),
    ),
  decisions: target => listOf(target).filter(label => label >= 0).length,
  fits: (target, classes) =>
    typeof target !== 'number' && target.every(label => label < 0 || isClass(label, classes)),
};

/** softplus(z) - y z, which is -log of the probability given to y in {0, 1}. */
const labelsLoss = floatLoss((b, z, y) =>
  b.op('Sub', [b.op('Softplus', [z]), b.op('Mul', [y, z])]),
);

/** (z - y)^2: the mean squared error, without a half, as torch.nn.MSELoss. */
const numbersLoss = floatLoss((b, z, y) => {
  const off = b.op('Sub', [z, y]);
  return b.op('Mul', [off, off]);
});

type Builder = ReturnType<Parameters<RowLoss>[0]['builder']>;

function floatLoss(each: (b: Builder, logits: string, targets: string) => string): HeadLoss {
  return {
    append: (derivation, logits) => {
      const { dtype, dims } = derivation.factsOf(logits);
      const targets = derivation.input(labelsInput, dtype, dims);
      const b = derivation.builder('loss/');
      return b.op('ReduceSum', [each(b, logits, targets), b.ints([1])], { keepdims: 0 });
    },
    feed: targets => {
      const lists = targets.map(listOf);
      const dims = [lists.length, lists[0]!.length];
      return { dtype: 'float32', dims, data: Float32Array.from(lists.flat()) };
    },
    decisions: target => listOf(target).length,
    fits: (target, classes) =>
      listOf(target).length === classes && listOf(target).every(Number.isFinite),
  };
}

function isClass(label: number, classes: number): boolean {
  return Number.isInteger(label) && label >= 0 && label < classes;
}

const notCounted = -100;

function padded(labels: readonly number[], columns: number): number[] {
  return Array.from({ length: columns }, (_, at) => labels[at] ?? notCounted);
}

function listOf(target: Target): readonly number[] {
  return typeof target === 'number' ? [target] : target;
}

function wholeNumbers(dims: readonly number[], numbers: readonly number[]): TensorValue {
  return { dtype: 'int64', dims, data: BigInt64Array.from(numbers, BigInt) };
}
