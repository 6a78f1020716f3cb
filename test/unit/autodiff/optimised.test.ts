/** Derivatives must survive what ONNX Runtime's optimiser does to the graph around them. */
import assert from 'node:assert/strict';
import { cleanup } from '../../../src/autodiff/passes';
import { vjp } from '../../../src/autodiff/vjp';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import type { Graph } from '../../../src/onnx/graph';
import { learnFacts } from '../../../src/runtime/probe';
import { assertClose, numbers } from '../../support/numbers';
import { float32, runGraph } from '../../support/runGraph';

/** Values of [B, 3, 4, 5] in which no two elements are equal. */
const batch = (size: number) =>
  float32(
    [size, 3, 4, 5],
    Array.from({ length: size * 60 }, (_, i) => 1 + i),
  );

/** An expression of the transposed value, [B, 4, 3, 5]. */
type Build = (b: GraphBuilder, value: string) => string;

/**
 * The derivative of sum(y^2) / 2000 by x, where y is the expression between two Transposes: ONNX Runtime moves
 * these over the nodes between them until they cancel.
 */
async function derivative(build: Build): Promise<Graph> {
  const graph = emptyGraph('turned');
  const b = new GraphBuilder(graph);
  const x = b.input('x', 'float32', ['B', 3, 4, 5]);
  const turned = b.op('Transpose', [x], { perm: [0, 2, 1, 3] });
  const y = b.op('Transpose', [build(b, turned)], { perm: [0, 2, 1, 3] });
  const loss = b.op('Mul', [b.op('Mul', [y, y]), b.scalar(1 / 2000)]);
  const facts = await learnFacts(graph, [{ x: batch(2) }, { x: batch(3) }]);
  const ones = b.op('Expand', [b.scalar(1), b.op('Shape', [loss])]);
  b.output(vjp({ graph, seeds: new Map([[loss, ones]]), wrt: [x], facts }).get(x)!, 'dx');
  return cleanup(graph);
}

/** Expressions that keep some elements as they are; `kept` gets their place in x. */
const picks: Record<string, { build: Build; kept: (at: readonly number[]) => boolean }> = {
  'a Slice of the last axis': {
    build: (b, x) => b.op('Slice', [x, b.ints([2]), b.ints([4]), b.ints([3])]),
    kept: at => at[3]! >= 2 && at[3]! < 4,
  },
  'a Slice of two axes, out of order': {
    build: (b, x) => b.op('Slice', [x, b.ints([1, 1]), b.ints([9, 3]), b.ints([3, 1])]),
    kept: at => at[3]! >= 1 && at[2]! >= 1 && at[2]! < 3,
  },
  'one position': {
    build: (b, x) => b.op('Unsqueeze', [b.op('Gather', [x, b.int(2)], { axis: 2 }), b.ints([2])]),
    kept: at => at[1] === 2,
  },
  'a Pad that cuts off the first of an axis': {
    build: (b, x) => b.op('Pad', [x, b.ints([0, -1, 0, 0, 0, 1, 0, 0])]),
    kept: at => at[2]! >= 1,
  },
};

/** Expressions of any kind that the optimiser knows how to move a Transpose over. */
const others: Record<string, Build> = {
  'a sum': (b, x) => b.op('ReduceSum', [x, b.ints([2])]),
  'a mean without its axis': (b, x) =>
    b.op('Unsqueeze', [b.op('ReduceMean', [x, b.ints([1])], { keepdims: 0 }), b.ints([1])]),
  'a maximum': (b, x) => b.op('ReduceMax', [x, b.ints([1, 3])]),
  'a Softmax': (b, x) => b.op('Mul', [b.op('Softmax', [x], { axis: 1 }), b.scalar(9)]),
  'a LayerNormalization': (b, x) =>
    b.op('LayerNormalization', [x, b.constant('float32', [5], [1, 2, 3, 4, 5])], { axis: -1 }),
  'a broadcast product': (b, x) => b.op('Mul', [x, b.constant('float32', [3, 1], [1, 2, 3])]),
  'a product of matrices': (b, x) =>
    b.op('MatMul', [x, b.op('Transpose', [x], { perm: [0, 1, 3, 2] })]),
  'a Concat and a Split': (b, x) => {
    const [first, second] = b.ops('Split', [x, b.ints([1, 3])], 2, { axis: 1 });
    return b.op('Concat', [second!, b.op('Exp', [b.op('Neg', [first!])]), second!], { axis: 1 });
  },
  'a Tile': (b, x) => b.op('Tile', [x, b.ints([1, 2, 1, 3])]),
  'an Expand': (b, x) =>
    b.op('Expand', [
      b.op('Slice', [x, b.ints([0]), b.ints([1]), b.ints([2])]),
      b.ints([1, 4, 3, 5]),
    ]),
  'a Slice backwards': (b, x) =>
    b.op('Slice', [x, b.ints([-1]), b.ints([-99]), b.ints([1]), b.ints([-2])]),
  'several positions': (b, x) => b.op('Gather', [x, b.ints([2, 0, 2])], { axis: 2 }),
  'elements at indices': (b, x) => {
    const indices = b.constant('int64', [1, 1, 1, 2], [3, 0]);
    const wide = b.op('Expand', [
      indices,
      b.op('Concat', [b.op('Shape', [x], { start: 0, end: 3 }), b.ints([2])], { axis: 0 }),
    ]);
    return b.op('GatherElements', [x, wide], { axis: 3 });
  },
  'a running sum': (b, x) => b.op('CumSum', [x, b.int(2)]),
  'a triangle': (b, x) => b.op('Trilu', [x]),
  'a choice': (b, x) => b.op('Where', [b.op('Greater', [x, b.scalar(30)]), x, b.op('Neg', [x])]),
};

const levels = ['basic', 'all'] as const;

describe('derivatives between Transposes', () => {
  for (const [name, { build, kept }] of Object.entries(picks)) {
    it(`of ${name} are right at every level of optimisation`, async () => {
      const graph = await derivative(build);
      const feeds = { x: batch(2) };
      const expected = numbers(feeds.x).map((value, i) => {
        const at = [Math.floor(i / 60), Math.floor(i / 20) % 3, Math.floor(i / 5) % 4, i % 5];
        return kept(at) ? value / 1000 : 0;
      });
      for (const level of ['off', ...levels] as const) {
        const { dx } = await runGraph(graph, feeds, level);
        assertClose(numbers(dx), expected, 1e-6, level);
      }
    });
  }

  for (const [name, build] of Object.entries(others)) {
    it(`of ${name} are the same at every level of optimisation`, async () => {
      const graph = await derivative(build);
      for (const size of [1, 2]) {
        const feeds = { x: batch(size) };
        const expected = numbers((await runGraph(graph, feeds, 'off'))['dx']);
        assert.ok(expected.some(value => value !== 0));
        for (const level of levels) {
          const { dx } = await runGraph(graph, feeds, level);
          assertClose(numbers(dx), expected, 1e-5, level);
        }
      }
    });
  }
});
