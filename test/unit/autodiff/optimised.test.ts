/** Derivatives must survive what ONNX Runtime's optimiser does to the graph around them. */
import assert from 'node:assert/strict';
import { vjp } from '../../../src/autodiff/vjp';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { learnFacts } from '../../../src/runtime/probe';
import { numbers } from '../../support/numbers';
import { float32, runGraph } from '../../support/runGraph';

/** Values of [B, 3, 4, 5] in which no two elements are equal. */
const batch = (size: number) =>
  float32(
    [size, 3, 4, 5],
    Array.from({ length: size * 60 }, (_, i) => 1 + i),
  );

type Pick = (b: GraphBuilder, value: string) => string;

/** Each keeps elements of the transposed value, [B, 4, 3, 5]; `kept` gets their place in the original. */
const picks: Record<string, { pick: Pick; kept: (at: readonly number[]) => boolean }> = {
  'a Slice of the last axis': {
    pick: (b, x) => b.op('Slice', [x, b.ints([2]), b.ints([4]), b.ints([3])]),
    kept: at => at[3]! >= 2 && at[3]! < 4,
  },
  'a Slice of two axes, out of order': {
    pick: (b, x) => b.op('Slice', [x, b.ints([1, 1]), b.ints([9, 3]), b.ints([3, 1])]),
    kept: at => at[3]! >= 1 && at[2]! >= 1 && at[2]! < 3,
  },
  'one position': {
    pick: (b, x) => b.op('Unsqueeze', [b.op('Gather', [x, b.int(2)], { axis: 2 }), b.ints([2])]),
    kept: at => at[1] === 2,
  },
  'a Pad that cuts off the first of an axis': {
    pick: (b, x) => b.op('Pad', [x, b.ints([0, -1, 0, 0, 0, 1, 0, 0])]),
    kept: at => at[2]! >= 1,
  },
};

describe('derivatives between Transposes', () => {
  for (const [name, { pick, kept }] of Object.entries(picks)) {
    it(`of ${name} are the same at every level of optimisation`, async () => {
      const graph = emptyGraph('picked');
      const b = new GraphBuilder(graph);
      const x = b.input('x', 'float32', ['B', 3, 4, 5]);
      const turned = b.op('Transpose', [x], { perm: [0, 2, 1, 3] });
      const back = b.op('Transpose', [pick(b, turned)], { perm: [0, 2, 1, 3] });
      const y = b.op('Mul', [back, back]);
      const facts = await learnFacts(graph, [{ x: batch(2) }, { x: batch(3) }]);
      const ones = b.op('Expand', [b.scalar(1), b.op('Shape', [y])]);
      b.output(vjp({ graph, seeds: new Map([[y, ones]]), wrt: [x], facts }).get(x)!, 'dx');
      // Twice the number where the element is kept, 0 where it is not.
      const feeds = { x: batch(2) };
      const expected = numbers(feeds.x).map((value, i) => {
        const at = [Math.floor(i / 60), Math.floor(i / 20) % 3, Math.floor(i / 5) % 4, i % 5];
        return kept(at) ? 2 * value : 0;
      });
      for (const level of ['off', 'basic', 'all'] as const) {
        const { dx } = await runGraph(graph, feeds, level);
        assert.deepEqual(numbers(dx), expected, level);
      }
    });
  }
});
