/** Ops that select elements by their value or by a mask, reorder them, or sum them up as they come. */
import type { NodeView, Rule, RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import { undoPicks } from './placing';

export const selectionRules: RuleTable = {
  // The largest elements' adjoints go where they came from.
  TopK: (g, n, b) => [
    () => {
      const axis = n.int('axis', -1);
      const indices = outputOf(n, b, 1);
      return b.op('ScatterElements', [b.zeros(b.shape(n.x[0]!)), indices, g], {
        axis,
        reduction: 'add',
      });
    },
    null,
  ],
  // Each value is that of its first occurrence.
  Unique: (g, n, b) => [() => pickedBack(g, n, b, outputOf(n, b, 1))],
  Compress: (g, n, b) => [
    () => pickedBack(g, n, b, b.squeeze(b.op('NonZero', [n.x[1]!]), [0])),
    null,
  ],
  ReverseSequence: (g, n, b) => [
    () => b.op('ReverseSequence', [g, n.x[1]!], n.node.attributes),
    null,
  ],
  // A running sum from the other end.
  CumSum: (g, n, b) => [
    () =>
      b.op('CumSum', [g, n.x[1]!], {
        exclusive: n.int('exclusive', 0),
        reverse: 1 - n.int('reverse', 0),
      }),
    null,
  ],
  OneHot: (g, n, b) => [null, null, () => oneHotValuesBack(g, n, b)],
  // y = start + i delta
  Range: (g, _n, b) => [
    () => b.sum(g, [0], 0),
    null,
    () => {
      const count = b.squeeze(b.shape(g), [0]);
      const steps = b.cast(b.op('Range', [b.int(0), count, b.int(1)]));
      return b.sum(b.mul(g, steps), [0], 0);
    },
  ],
};

/** An output of the node, by calling it again where it has left that output out; `cleanup` merges the two. */
function outputOf(n: NodeView, b: RuleBuilder, i: number): string {
  const own = n.y[i];
  if (own) return own;
  return b.ops(n.node.op, n.x, i + 1, n.node.attributes)[i]!;
}

function pickedBack(...[g, n, b, indices]: [...Parameters<Rule>, string]): string {
  const axis = n.node.attributes['axis'] ? n.axis(0, n.int('axis', 0)) : undefined;
  return undoPicks(g, b, n.x[0]!, n.rank(0), { indices, axis });
}

/** y is values[1] at the indices and values[0] elsewhere. */
function oneHotValuesBack(...[g, n, b]: Parameters<Rule>): string {
  const bits = b.constant(b.dtype, [2], [0, 1]);
  const hot = b.op('OneHot', [n.x[0]!, n.x[1]!, bits], { axis: n.int('axis', -1) });
  const total = (value: string): string =>
    b.reshape(b.sum(value, [...Array(n.outRank()).keys()], 0), b.ints([1]));
  const on = total(b.mul(g, hot));
  return b.concat([b.sub(total(g), on), on], 0);
}
