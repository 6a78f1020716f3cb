/** Padding that the model itself sees: exports with a fixed length and without a mask. */
import assert from 'node:assert/strict';
import { explainIds } from '../../../src/interpret/saliency/explainIds';
import { methodDescriptions } from '../../../src/interpret/saliency/methods';
import type { Row } from '../../../src/model/inputs';
import { loadModel } from '../../../src/model/loadModel';
import type { Graph } from '../../../src/onnx/graph';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { writeModel } from '../../../src/onnx/writeModel';
import type { Explanation } from '../../../src/protocol/explanation';
import { familyDir } from '../../support/families';
import { Folders, rowOf } from '../../support/models';
import { assertClose } from '../../support/numbers';

describe('padding without a mask', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  it('is the padding id of the model, in the gradient as in the prediction', async () => {
    const graph = squaresOf(4);
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

  it('is not read as text where texts of different lengths are explained together', async () => {
    const graph = squaresOf('length');
    const config = '{"id2label": {"0": "no", "1": "yes"}, "pad_token_id": 1}';
    const dir = folders.with({ 'model.onnx': writeModel(graph), 'config.json': config });
    const model = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
    const rows = [rowOf(0, 2, 2), rowOf(2), rowOf(2, 0, 2), rowOf(0, 2)];
    const explain = (some: Row[], method: string): Promise<Explanation[]> =>
      explainIds(model, some, {
        method,
        parameters: {},
        scalar: 'logit',
        label: { kind: 'label', label: 'yes' },
      });
    const names = methodDescriptions
      .filter(({ family }) => family === 'gradient')
      .map(({ name }) => name);
    for (const name of names) {
      const together = await explain(rows, name);
      for (const [index, row] of rows.entries()) {
        const [alone] = await explain([row], name);
        const { prediction, attributions } = together[index]!;
        const what = `${name} of row ${index}`;
        assertClose(prediction.logits, alone!.prediction.logits, 1e-6, what);
        assertClose(attributions, alone!.attributions, 1e-5, what);
      }
    }
    // Twice the sum of the numbers on the second axis, 2 + 5 + 5, times the word's own number.
    const [first] = await explain(rows, 'input-x-gradient');
    assertClose(first!.attributions, [48, 120, 120], 1e-6, 'word times gradient');
    await model.release();
  });

  it('is not compared where answers are looked for in texts of different lengths together', async () => {
    const model = await loadModel(familyDir('bert-qa'), 'cpu', { tokenizer: 'optional' });
    const found = await explainIds(model, [rowOf(8, 3, 21), rowOf(7, 2, 40, 11, 6, 19, 28)], {
      method: 'lrp',
      parameters: {},
      scalar: 'logit',
      label: { kind: 'predicted' },
    });
    const same = found.map(({ health }) => health.find(({ check }) => check === 'same-function'));
    for (const check of same) assert.ok(check!.value! < 1e-5, check!.says);
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

/** A logit a dimension: the square of the sum of the words, padding (id 1) among them where there is any. */
function squaresOf(length: number | string): Graph {
  const table = [
    [1, 2],
    [3, -1],
    [0, 5],
  ];
  const graph = emptyGraph('squares');
  const b = new GraphBuilder(graph);
  const ids = b.input('input_ids', 'int64', ['batch', length]);
  const words = b.op('Gather', [b.constant('float32', [3, 2], table.flat()), ids], { axis: 0 });
  const sum = b.op('ReduceSum', [words, b.ints([1])], { keepdims: 0 });
  b.output(b.op('Mul', [sum, sum]), 'logits');
  return graph;
}
