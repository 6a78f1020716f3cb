/** Computing the last layer at the one position that the classifier reads. */
import assert from 'node:assert/strict';
import { cleanup, narrow, prepare } from '../../../src/autodiff/passes';
import type { Facts } from '../../../src/autodiff/shapes';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { checkGraph } from '../../../src/onnx/checkGraph';
import type { Graph } from '../../../src/onnx/graph';
import { learnFacts } from '../../../src/runtime/probe';
import type { Feeds } from '../../../src/runtime/session';
import { familyNames, loadFamily, probeFeeds } from '../../support/families';
import { assertClose, flat, normals, numbers, seededRandom } from '../../support/numbers';
import { float32, runGraph } from '../../support/runGraph';

/** What narrowing must keep: a sound graph, and facts that are true of it. */
async function checked(
  graph: Graph,
  probes: readonly Feeds[],
): Promise<{ graph: Graph; facts: Facts }> {
  const result = narrow(graph, await learnFacts(graph, probes));
  checkGraph(result.graph);
  for (const [name, { dims, dtype }] of await learnFacts(result.graph, probes)) {
    assert.deepEqual(
      result.facts.get(name)?.dims.map(d => [...d]),
      dims.map(d => [...d]),
      name,
    );
    assert.equal(result.facts.get(name)?.dtype, dtype, name);
  }
  return result;
}

const draw = (seed: number, dims: number[]) =>
  float32(
    dims,
    normals(
      seededRandom(seed),
      dims.reduce((p, d) => p * d, 1),
    ),
  );
const probes = [{ x: draw(1, [2, 3, 4]) }, { x: draw(1, [3, 5, 4]) }];

/** Graphs of x [batch, length, 4]. */
function graphOf(build: (b: GraphBuilder, x: string) => string[]): Graph {
  const graph = emptyGraph('narrow');
  const b = new GraphBuilder(graph);
  for (const name of build(b, b.input('x', 'float32', ['batch', 'length', 4]))) b.output(name);
  return graph;
}

/** The sizes of the matrix products' outputs along the positions, in the first probe. */
function lengths(graph: Graph, facts: Facts): number[] {
  return graph.nodes
    .filter(node => node.op === 'MatMul')
    .map(node => facts.get(node.outputs[0]!)!.dims[0]![1]!);
}

/** These read the last token, whose place differs from row to row, or all of them: they stay as they are. */
const readMore: readonly string[] = ['gpt2', 'llama', 'qwen2-sdpa', 'cnn', 'lstm', 'bilstm', 'gru'];

describe('narrow', () => {
  for (const name of familyNames) {
    const whole = readMore.includes(name);
    const does = whole ? 'leaves the graph alone' : 'computes the last layer at one position';
    it(`keeps the logits of ${name} and ${does}`, async () => {
      const { graph, golden, feeds } = loadFamily(name);
      const prepared = prepare(graph);
      const before = prepared.nodes.length;
      const result = await checked(prepared, probeFeeds(graph));
      assert.equal(prepared.nodes.length, before, 'its argument is as it was');
      const { logits } = await runGraph(result.graph, feeds);
      assertClose(numbers(logits), flat(golden.logits), 1e-5, 'logits');
      const found = lengths(result.graph, result.facts);
      if (whole) assert.deepEqual(result.graph.nodes, prepared.nodes);
      // The feed-forward part ends at one position; it begins at all of them, cut in two by sizes known at
      // run time. Then comes the head, [2, 32].
      else if (name === 'modernbert') assert.deepEqual(found.slice(-3), [3, 1, 32]);
      // Of the last layer: the output of attention, and both products of the feed-forward part.
      else assert.deepEqual(found.slice(-3), [1, 1, 1]);
    });
  }

  it('works for the last position too, and picks inputs that others need once', async () => {
    const graph = graphOf((b, x) => {
      const w = b.constant('float32', [4, 4], normals(seededRandom(2), 16), 'W');
      const h = b.op('Tanh', [b.op('MatMul', [x, w])]);
      const y = b.op('Add', [b.op('MatMul', [h, w]), x]);
      return [b.op('Gather', [y, b.int(-1)], { axis: 1 })];
    });
    const { graph: result, facts } = await checked(graph, probes);
    assert.deepEqual(lengths(result, facts), [1, 1]);
    assert.equal(result.nodes.filter(node => node.op === 'Gather').length, 1);
    const feeds = { x: draw(7, [2, 6, 4]) };
    const output = graph.outputs[0]!.name;
    const [old, now] = [await runGraph(graph, feeds), await runGraph(cleanup(result), feeds)];
    assert.deepEqual(now[output]!.dims, [2, 4]);
    assertClose(numbers(now[output]), numbers(old[output]), 1e-6, 'the same result');
  });

  it('leaves whole what is read elsewhere, mixes positions, or is picked at several', async () => {
    const first = (b: GraphBuilder, value: string): string =>
      b.op('Gather', [value, b.int(0)], { axis: 1 });
    const cases: ((b: GraphBuilder, x: string) => string[])[] = [
      (b, x) => {
        const y = b.op('Exp', [x]);
        return [first(b, y), b.op('ReduceSum', [y, b.ints([1])])];
      },
      (b, x) => [first(b, b.op('Softmax', [x], { axis: 1 }))],
      (b, x) => [first(b, b.op('CumSum', [x, b.int(1)]))],
      (b, x) => {
        const y = b.op('Exp', [x]);
        return [first(b, y), b.op('Gather', [y, b.int(1)], { axis: 1 })];
      },
      (b, x) => {
        const y = b.op('Exp', [x]);
        return [first(b, y), b.op('Shape', [y])];
      },
    ];
    for (const build of cases) {
      const graph = graphOf(build);
      const { graph: result } = await checked(graph, probes);
      assert.deepEqual(result.nodes, graph.nodes);
    }
  });
});
