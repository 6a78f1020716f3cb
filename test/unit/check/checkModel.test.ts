/** The check of a model: what is well, what is broken, and what is only rounding. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkModel } from '../../../src/interpret/check/checkModel';
import { checkDirections, isRight } from '../../../src/interpret/check/derivative';
import { checkPage } from '../../../src/interpret/check/page';
import { programOutputs } from '../../../src/interpret/saliency/gradients/programValues';
import { SaliencyProgram } from '../../../src/interpret/saliency/gradients/program';
import { cell } from '../../../src/interpret/task/decision';
import { loadModel } from '../../../src/model/loadModel';
import type { Feeds } from '../../../src/runtime/session';
import { familyDir, familyNames, readGolden } from '../../support/families';
import { Folders, goldenRows, kitPath } from '../../support/models';

describe('checkModel', () => {
  let folders: Folders;
  before(() => (folders = new Folders()));
  after(() => {
    folders.remove();
  });

  it('finds nothing wrong with a model that is well, and says everything about it', async () => {
    const check = await checkModel({ modelDir: folders.textModel() });
    assert.deepEqual(check.reasons, []);
    assert.equal(check.ok, true);
    assert.equal(check.model!.task, 'text-classification');
    assert.deepEqual(check.model!.labels, ['LABEL_0', 'LABEL_1', 'LABEL_2']);
    assert.equal(check.model!.opset, 14);
    assert.ok(check.model!.parameters > 20_000 && check.model!.tensors > 30);
    assert.ok(check.operators.some(({ op, count }) => op === 'MatMul' && count === 16));
    assert.ok(check.operators.every(({ derivative }) => derivative !== 'missing'));
    assert.ok(check.directions.length >= 8);
    for (const { expected, derivative } of check.directions) {
      assert.ok(expected < 0.05 * Math.max(Math.abs(derivative), 0.02));
    }
    const cpu = check.devices.find(({ device }) => device === 'cpu')!;
    assert.ok(cpu.forward! > 0 && cpu.gradient! > cpu.forward! / 2);
    const page = checkPage(check).join('\n');
    for (const part of [
      'All is well',
      'text-classification',
      'MatMul',
      'float32 rounding',
      'cpu',
    ]) {
      assert.ok(page.includes(part), part);
    }
  });

  it('names what is wrong, file first, and never throws', async () => {
    const text = folders.textModel();
    const config = readFileSync(path.join(text, 'config.json'), 'utf8');
    const onnx = readFileSync(path.join(text, 'model.onnx'));
    const tokenizer = readFileSync(path.join(text, 'tokenizer.json'));
    const cases: [string, Record<string, string | Uint8Array>, RegExp][] = [
      ['no tokenizer', { 'model.onnx': onnx, 'config.json': config }, /no tokenizer\.json/],
      [
        'a truncated model',
        {
          'model.onnx': onnx.subarray(0, 5000),
          'config.json': config,
          'tokenizer.json': tokenizer,
        },
        /model\.onnx .*not an ONNX model, or it is incomplete/,
      ],
      [
        'labels of another model',
        {
          'model.onnx': onnx,
          'tokenizer.json': tokenizer,
          'config.json': JSON.stringify({
            ...(JSON.parse(config) as object),
            id2label: { 0: 'a', 1: 'b' },
          }),
        },
        /names 2 labels/,
      ],
    ];
    for (const [what, files, says] of cases) {
      const check = await checkModel({ modelDir: folders.with(files) });
      assert.equal(check.ok, false, what);
      assert.match(check.reasons.join(' '), says, what);
      assert.match(checkPage(check).join('\n'), /wrong\./);
    }
    assert.equal((await checkModel({ modelDir: '/nowhere' })).ok, false);
  });

  it('tells a derivative that is broken by 1 % from rounding, for every family with a text input', async () => {
    for (const name of familyNames) {
      const model = await loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' });
      const golden = readGolden(familyDir(name));
      const row = goldenRows(golden)[0]!;
      const program = await SaliencyProgram.of(model);
      const decisions = [{ position: 0, cells: [cell(golden.target[0]!)] }];
      const along = () => checkDirections(program, row, decisions, { directions: 8, seed: 3 }, {});
      const found = await along();
      assert.ok(isRight(found), `${name}: ${JSON.stringify(found)}`);
      // A fault, put where a wrong rule would show.
      const run = program.run.bind(program);
      program.run = async (feeds: Feeds, fetches: readonly string[]) => {
        const values = await run(feeds, fetches);
        const wrong = values[programOutputs.productSum]?.data as Float32Array | undefined;
        wrong?.forEach((value, i) => (wrong[i] = 1.01 * value));
        return values;
      };
      const broken = await along();
      assert.ok(!isRight(broken), `${name}: ${JSON.stringify(broken)}`);
      await model.release();
    }
  });

  it('finds real models and their variants well, whatever their task', async function () {
    this.timeout(240_000);
    for (const name of [
      'models/nli-bert',
      'models/ner-bert',
      'models/mlm-bert',
      'models/tweet-cnn',
      'models/tweet-lstm',
      'variants/sst2-bert-int8',
      'variants/sst2-bert-fp16',
    ]) {
      const check = await checkModel({ modelDir: kitPath(this, ...name.split('/')) });
      assert.deepEqual(check.reasons, [], name);
    }
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(
      checkModel({ modelDir: folders.textModel() }, { signal: controller.signal }),
      { code: 'cancelled' },
    );
  });
});
