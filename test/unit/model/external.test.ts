/** A model with external data explains as the same model in one file does. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { ModelCache } from '../../../src/engine/modelCache';
import { explain } from '../../../src/interpret/saliency/explain';
import { explainIds } from '../../../src/interpret/saliency/explainIds';
import { loadModel } from '../../../src/model/loadModel';
import { placeOf } from '../../../src/onnx/storedWeights';
import { edited, pointTo, writeExternal } from '../../support/externalModel';
import { familyDir } from '../../support/families';
import { ask, Folders, kitPath, rowOf, wordModel } from '../../support/models';
import { assertClose } from '../../support/numbers';

describe('a model with external data', () => {
  const folders = new Folders();
  after(() => {
    folders.remove();
  });

  it('predicts and explains lines of SST-2 as the model in one file', async function () {
    const plain = await loadModel(kitPath(this, 'models', 'sst2-bert'), 'cpu');
    const external = await loadModel(kitPath(this, 'variants', 'sst2-bert-external'), 'cpu');
    const table = (await external.graph()).constants.get(external.about.embedding.table)!;
    assert.ok(placeOf(table), 'the weights stay in the file');
    assert.equal(external.about.parts.length, 2);
    assert.notEqual(external.about.hash, plain.about.hash);
    const lines = readFileSync(kitPath(this, 'data', 'sst2', 'dev.jsonl'), 'utf8').split('\n');
    for (const line of lines.slice(0, 10)) {
      const { text } = JSON.parse(line) as { text: string };
      for (const method of ['input-x-gradient', 'integrated-gradients']) {
        const one = await explain(plain, ask(text, method));
        const two = await explain(external, ask(text, method));
        assertClose([...two.prediction.logits], [...one.prediction.logits], 1e-5, text);
        assertClose([...two.attributions], [...one.attributions], 1e-4, text);
      }
    }
    await plain.release();
    await external.release();
  });

  it('may be larger than 2 GB', async () => {
    // The table is a file of holes but for its last row; the classifier lies behind it.
    const [words, width] = [525_000, 1024];
    const dir = folders.empty();
    const bytes = wordModel([[0], [0]], (b, vectors) => {
      const mean = b.op('ReduceMean', [vectors, b.ints([1])], { keepdims: 0 });
      return b.op('MatMul', [mean, b.constant('float32', [1, 2], [0, 0], 'classifier')]);
    });
    const size = words * width * 4;
    assert.ok(size > 2 ** 31);
    const model = edited(bytes, ({ graph }) => {
      for (const tensor of graph!.initializer) {
        const isTable = tensor.name === 'table';
        if (!isTable && tensor.name !== 'classifier') continue;
        tensor.dims = isTable ? [BigInt(words), BigInt(width)] : [BigInt(width), 2n];
        const offset = String(isTable ? 0 : size);
        pointTo(tensor, { location: 'model.onnx_data', offset });
      }
    });
    writeFileSync(path.join(dir, 'model.onnx'), model);
    const row = Float32Array.from({ length: width }, (_, i) => Math.sin(i));
    const weights = Float32Array.from({ length: 2 * width }, (_, i) => Math.cos(i));
    const data = openSync(path.join(dir, 'model.onnx_data'), 'w');
    writeSync(data, new Uint8Array(row.buffer), 0, row.byteLength, size - row.byteLength);
    writeSync(data, new Uint8Array(weights.buffer), 0, weights.byteLength, size);
    closeSync(data);

    const before = process.memoryUsage.rss();
    const big = await loadModel(dir, 'cpu', { tokenizer: 'optional' });
    const [explained] = await explainIds(big, [rowOf(5, words - 1)], {
      method: 'input-x-gradient',
      parameters: {},
      scalar: 'logit',
      label: { kind: 'label', label: 'LABEL_1' },
    });
    assert.ok(process.memoryUsage.rss() - before < 2 ** 30, 'the weights were not read');
    const products = row.map((value, i) => (value * weights[2 * i + 1]!) / 2);
    const logit = products.reduce((sum, value) => sum + value, 0);
    assertClose([explained!.prediction.logits[1]!], [logit], 1e-5, 'logit');
    assertClose([...explained!.attributions], [0, logit], 1e-5, 'attributions');
    await big.release();
  });

  it('is loaded again when its data changes', async () => {
    const dir = folders.empty();
    writeExternal(dir, readFileSync(path.join(familyDir('bert'), 'model.onnx')), () => 'rest.bin');
    const cache = new ModelCache();
    const bare = { tokenizer: 'optional' } as const;
    const first = await cache.get(dir, 'cpu', bare);
    assert.equal(await cache.get(dir, 'cpu', bare), first);
    utimesSync(path.join(dir, 'rest.bin'), 1, 1);
    assert.notEqual(await cache.get(dir, 'cpu', bare), first);
    await cache.clear();
  });
});
