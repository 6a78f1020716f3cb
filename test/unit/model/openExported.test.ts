/** Files that ONNX Runtime cannot run as they are, but that can be converted. */
import assert from 'node:assert/strict';
import { explainIds } from '../../../src/interpret/saliency/explainIds';
import { loadModel } from '../../../src/model/loadModel';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { writeModel } from '../../../src/onnx/writeModel';
import { Folders, logitsOf, rowOf } from '../../support/models';

/** An Attention without a bias, at which ONNX Runtime 1.30 brings its process down. */
function attentionWithoutBias(): Uint8Array {
  const [vocabulary, width] = [10, 4];
  const numbers = (count: number, seed: number): number[] =>
    Array.from({ length: count }, (_, i) => Math.sin(seed + 1.7 * i));
  const graph = emptyGraph('attention');
  graph.domains['com.microsoft'] = 1;
  const b = new GraphBuilder(graph);
  const ids = b.input('input_ids', 'int64', ['batch', 'length']);
  const table = b.constant('float32', [vocabulary, width], numbers(vocabulary * width, 0));
  const words = b.op('Gather', [table, ids], { axis: 0 });
  const weights = b.constant('float32', [width, 3 * width], numbers(3 * width * width, 1));
  graph.nodes.push({
    op: 'Attention',
    domain: 'com.microsoft',
    name: 'attention',
    inputs: [words, weights],
    outputs: ['attended'],
    attributes: { num_heads: { kind: 'int', value: 2 } },
  });
  const mean = b.op('ReduceMean', ['attended', b.ints([1])], { keepdims: 0 });
  b.output(
    b.op('MatMul', [mean, b.constant('float32', [width, 2], numbers(2 * width, 2))]),
    'logits',
  );
  return writeModel(graph);
}

describe('a file that does not run as it is', () => {
  const folders = new Folders();
  after(() => {
    folders.remove();
  });

  it('is explained by what it is converted to, and says so', async () => {
    const dir = folders.with({ 'model.onnx': attentionWithoutBias() });
    const model = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
    const [found] = await explainIds(model, [rowOf(1, 2, 3)], {
      method: 'integrated-gradients',
      parameters: {},
      scalar: 'logit',
      label: { kind: 'predicted' },
    });
    const says = found!.health.map(health => health.says).join(' ');
    assert.match(says, /fused operators: .*Attention/);
    assert.match(says, /does not run here as it is/);
    assert.ok(found!.health.find(({ check }) => check === 'completeness')!.ok, says);
    const [logits] = await logitsOf(model, [rowOf(1, 2, 3)]);
    assert.deepEqual(found!.prediction.logits, logits);
    await model.release();
  });
});
