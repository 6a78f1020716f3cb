/** A model with external data explains as the same model in one file does. */
import assert from 'node:assert/strict';
import { readFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { ModelCache } from '../../../src/engine/modelCache';
import { explain } from '../../../src/interpret/saliency/explain';
import { loadModel } from '../../../src/model/loadModel';
import { placeOf } from '../../../src/onnx/storedWeights';
import { writeExternal } from '../../support/externalModel';
import { familyDir } from '../../support/families';
import { ask, Folders, kitPath } from '../../support/models';
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
        assertClose([...two.prediction.logits], [...one.prediction.logits], 1e-6, text);
        assertClose([...two.attributions], [...one.attributions], 1e-4, text);
      }
    }
    await plain.release();
    await external.release();
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
