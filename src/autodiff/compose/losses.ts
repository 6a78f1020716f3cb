/** Losses of rows, appended to a model's graph. */
import { rankOf } from '../shapes';
import type { Derivation } from './derivation';

/**
 * Appends a loss of each row; returns a value [rows]. Declares the inputs that it needs (labels).
 * Any function of this shape will do for the derivatives.
 */
export type RowLoss = (derivation: Derivation, logits: string) => string;

/** Name of the input of `crossEntropy`. */
export const labelsInput = 'labels';

/**
 * Softmax cross-entropy, -log softmax(logits)[label], of logits [rows, classes] and the input `labels`, int64 [rows].
 * Logits may have positions, [rows, positions, classes], and labels then too: a row's loss is their sum, in which
 * negative labels (such as -100) do not count.
 */
export const crossEntropy: RowLoss = (derivation, logits) => {
  const { dtype, dims } = derivation.factsOf(logits);
  const rank = rankOf(derivation.factsOf(logits));
  const labels = derivation.input(
    labelsInput,
    'int64',
    dims.map(probe => probe.slice(0, -1)),
  );
  const b = derivation.builder('loss/');
  const classes = b.op('Squeeze', [b.op('Shape', [logits], { start: -1 })]);
  const all = b.op('Range', [b.int(0), classes, b.int(1)]);
  const chosen = b.op('Equal', [b.op('Unsqueeze', [labels, b.ints([-1])]), all]);
  const logs = b.op('LogSoftmax', [logits], { axis: -1 });
  const kept = b.op('Where', [chosen, b.op('Neg', [logs]), b.scalar(0, dtype)]);
  const axes = Array.from({ length: rank - 1 }, (_, i) => i + 1);
  return b.op('ReduceSum', [kept, b.ints(axes)], { keepdims: 0 });
};
