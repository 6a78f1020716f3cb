/** Arithmetic with values that were spread out before: the same numbers without the copies. */
import assert from 'node:assert/strict';
import { prune } from '../../../src/autodiff/passes/prune';
import { broadcast } from '../../../src/autodiff/passes/broadcast';
import type { Facts } from '../../../src/autodiff/shapes';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import type { Graph } from '../../../src/onnx/graph';
import { learnFacts } from '../../../src/runtime/probe';
import { numbers } from '../../support/numbers';
import { float64, runGraph } from '../../support/runGraph';

const feedsOf = (rows: number) => ({
  x: float64(
    [rows, 3],
    Array.from({ length: 3 * rows }, (_, i) => i + 0.5),
  ),
  c: float64(
    [rows, 1],
    Array.from({ length: rows }, (_, i) => 3 - i),
  ),
});

function build(make: (b: GraphBuilder, wide: string, narrow: string) => string): Graph {
  const graph = emptyGraph('spread');
  const b = new GraphBuilder(graph);
  const x = b.input('x', 'float64', ['n', 3]);
  const c = b.input('c', 'float64', ['n', 1]);
  b.output(make(b, x, b.op('Expand', [c, b.op('Shape', [x])])), 'y');
  return graph;
}

/** How many Expands are left, once the answer is found to be the same. */
async function left(graph: Graph, facts?: Facts): Promise<number> {
  const known = facts ?? (await learnFacts(graph, [feedsOf(2), feedsOf(4)]));
  const made = prune(broadcast(graph, known));
  const given = feedsOf(5);
  const [before, after] = [await runGraph(graph, given), await runGraph(made, given)];
  assert.deepEqual(numbers(after['y']), numbers(before['y']));
  assert.deepEqual(after['y']!.dims, before['y']!.dims);
  return made.nodes.filter(({ op }) => op === 'Expand').length;
}

describe('values that are spread out', () => {
  for (const op of ['Add', 'Sub', 'Mul', 'Div']) {
    it(`are read as they are by ${op}, on either side`, async () => {
      assert.equal(await left(build((b, x, wide) => b.op(op, [x, wide]))), 0);
      assert.equal(await left(build((b, x, wide) => b.op(op, [wide, x]))), 0);
    });
  }

  it('stay where the answer needs them, or nothing is known', async () => {
    const square = build((b, _x, wide) => b.op('Mul', [wide, b.op('Neg', [wide])]));
    assert.equal(await left(square), 1, 'Neg reads it');
    const both = build((b, x, wide) => {
      const other = b.op('Expand', [b.scalar(2, 'float64'), b.op('Shape', [x])]);
      return b.op('Add', [wide, other]);
    });
    assert.equal(await left(both), 1, 'one of two has to be of the size of the answer');
    assert.equal(await left(build((_b, _x, wide) => wide)), 1);
    assert.equal(
      await left(
        build((b, x, wide) => b.op('Add', [x, wide])),
        new Map(),
      ),
      1,
    );
    const smaller = build((b, x, wide) => {
      const column = b.op('Slice', [x, b.ints([0]), b.ints([1]), b.ints([1])]);
      return b.op('Add', [wide, column]);
    });
    assert.equal(await left(smaller), 1, 'it makes the answer as wide as it is');
  });
});
