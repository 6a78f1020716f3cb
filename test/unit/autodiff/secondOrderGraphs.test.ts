/** What the graphs of second derivatives contain: no work that no result needs. */
import assert from 'node:assert/strict';
import {
  crossEntropy,
  lossProgram,
  type LossProgram,
  type Result,
} from '../../../src/autodiff/compose';
import { chooseParameters, parametersOf, type Parameter } from '../../../src/autodiff/parameters';
import { prepare } from '../../../src/autodiff/passes';
import type { Facts } from '../../../src/autodiff/shapes';
import type { Graph } from '../../../src/onnx/graph';
import { learnerOf } from '../../../src/runtime/learn';
import { learnFacts } from '../../../src/runtime/probe';
import { buildBertLike } from '../../support/bertLike';
import { loadFamily, probeFeeds } from '../../support/families';

const size = {
  layers: 2,
  hidden: 8,
  heads: 2,
  intermediate: 16,
  vocab: 11,
  positions: 9,
  labels: 3,
};

/** The matrix products of a graph, in which all the work is. */
function products(graph: Graph): number {
  return graph.nodes.filter(({ op }) => op === 'MatMul' || op === 'Gemm').length;
}

describe('graphs of second derivatives', () => {
  const graph = prepare(buildBertLike(size));
  const probes = probeFeeds(graph);
  const parameters = parametersOf(graph, 'logits');
  let facts: Facts;

  before(async () => {
    facts = await learnFacts(graph, probes);
  });

  function programFor(result: Result, chosen: readonly Parameter[]): Promise<LossProgram> {
    const learn = learnerOf(probes);
    const request = { graph, facts, learn, logits: 'logits', loss: crossEntropy };
    return lossProgram({ ...request, parameters: chosen, results: [result] });
  }

  /** By all parameters: forward 1, and the floors of reference of each product. */
  const floors: readonly (readonly [Result, number])[] = [
    ['gradient', 3],
    ['tangents', 3],
    ['gaussNewton', 5],
    ['hessian', 8],
  ];
  /** Of the picked position the second derivative knows the shape only by the small products of the head. */
  const extra: Partial<Record<Result, number>> = { hessian: 4 };
  for (const [result, floor] of floors) {
    it(`have the fewest matrix products for ${result}: ${floor} times the forward pass's`, async () => {
      const program = await programFor(result, parameters);
      const [most, found] = [floor * products(graph), products(program.graph)];
      const more = extra[result] ?? 0;
      assert.ok(found <= most + more, `${found} instead of ${most}`);
    });
  }

  it('compute no adjoint for its shape alone, whatever the family of the model', async () => {
    for (const name of ['bert', 'distilbert', 'gpt2', 'llama', 'modernbert', 'bilstm', 'cnn']) {
      const { graph: model } = loadFamily(name);
      const prepared = prepare(model);
      const some = probeFeeds(prepared);
      const program = await lossProgram({
        graph: prepared,
        facts: await learnFacts(prepared, some),
        learn: learnerOf(some),
        logits: prepared.outputs[0]!.name,
        loss: crossEntropy,
        parameters: parametersOf(prepared, prepared.outputs[0]!.name),
        results: ['tangents'],
      });
      // What a tangent is found by, and what its value does not depend on.
      const reached = new Set<string>();
      for (const { op, inputs, outputs } of program.graph.nodes) {
        const begins = op === 'ConstantOfShape' && outputs[0]!.startsWith('like/');
        if (begins || inputs.some(input => reached.has(input)))
          outputs.forEach(o => reached.add(o));
      }
      assert.equal(reached.size, 0, `${name}: ${[...reached].slice(0, 3).join()}`);
    }
  });

  it('go through the last block alone where only its parameters are chosen', async () => {
    const chosen = chooseParameters(parameters, { lastBlocks: 1 });
    const all = await programFor('hessian', parameters);
    const last = await programFor('hessian', chosen);
    const forward = products(graph);
    const half = (products(all.graph) - forward) / 2;
    assert.ok(products(last.graph) - forward <= half + 8, 'half of the derivative, and the head');
  });

  it('leave the model as it is and name only the inputs that they need', async () => {
    const nodes = graph.nodes.length;
    const names = async (result: Result): Promise<string[]> => {
      const program = await programFor(result, parameters);
      return program.graph.inputs.map(input => input.name).slice(3);
    };
    assert.deepEqual(await names('losses'), ['labels']);
    assert.deepEqual(await names('gradient'), ['labels', 'weights']);
    assert.deepEqual(await names('tangents'), ['labels', 'vector']);
    assert.deepEqual(await names('hessian'), ['labels', 'weights', 'vector']);
    assert.equal(graph.nodes.length, nodes);
    assert.deepEqual(
      graph.outputs.map(output => output.name),
      ['logits'],
    );
  });
});
