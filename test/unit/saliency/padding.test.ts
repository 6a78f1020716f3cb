/** Padding that the model itself sees: exports with a fixed length and without a mask. */
import assert from 'node:assert/strict';
import { explainIds } from '../../../src/interpret/saliency/explainIds';
import { loadModel } from '../../../src/model/loadModel';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { writeModel } from '../../../src/onnx/writeModel';
import { Folders, rowOf } from '../../support/models';
import { assertClose } from '../../support/numbers';

describe('padding without a mask', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  it('is the padding id of the model, in the gradient as in the prediction', async () => {
    const table = [
      [1, 2],
      [3, -1],
      [0, 5],
    ];
    const graph = emptyGraph('squares');
    const b = new GraphBuilder(graph);
    const ids = b.input('input_ids', 'int64', ['batch', 4]);
    const words = b.op('Gather', [b.constant('float32', [3, 2], table.flat()), ids], { axis: 0 });
    const sum = b.op('ReduceSum', [words, b.ints([1])], { keepdims: 0 });
    b.output(b.op('Mul', [sum, sum]), 'logits');
    const config = '{"id2label": {"0": "no", "1": "yes"}, "pad_token_id": 1}';
    const dir = folders.with({ 'model.onnx': writeModel(graph), 'config.json': config });
    const model = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
    const [found] = await explainIds(model, [rowOf(0, 2)], {
      method: 'input-x-gradient',
      parameters: {},
      scalar: 'logit',
      label: { kind: 'label', label: 'yes' },
    });
    // The sum is 2 + 5 - 1 - 1 = 5, its square 25, the derivative of that by each word 10.
    assert.equal(found!.prediction.logits[1], 25);
    assertClose([...found!.attributions], [20, 50], 1e-6, 'word times gradient');
    await model.release();
  });

  it('a prediction that is not finite is refused, not explained', async () => {
    const graph = emptyGraph('infinite');
    const b = new GraphBuilder(graph);
    const ids = b.input('input_ids', 'int64', ['batch', 'length']);
    const words = b.op('Gather', [b.constant('float32', [3, 2], [1, 2, 3, 4, 0, 1]), ids]);
    const sum = b.op('ReduceSum', [words, b.ints([1])], { keepdims: 0 });
    b.output(b.op('Div', [b.scalar(1), sum]), 'logits');
    const dir = folders.with({ 'model.onnx': writeModel(graph) });
    const model = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
    const request = {
      method: 'gradient',
      parameters: {},
      scalar: 'logit',
      label: { kind: 'predicted' },
    } as const;
    await assert.rejects(explainIds(model, [rowOf(2)], request), {
      code: 'bad-model',
      message: /no finite prediction .*logit 0 is Infinity/,
    });
    await model.release();
  });
});
