/** The real engine process with a small real model. */
import assert from 'node:assert/strict';
import { copyFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EngineClient } from '../../../src/engine/client';
import type { CallOptions } from '../../../src/protocol/channelTypes';
import type { ExplainRequest, Explanation } from '../../../src/protocol/explanation';
import { GlassboxError } from '../../../src/protocol/messages';
import { familyDir, loadFamily } from '../../support/families';
import { assertClose } from '../../support/numbers';
import { isAlive, within } from '../../support/processes';
import { makeTextModel, textModelLabels } from '../../support/textModel';

describe('engine process', () => {
  let model: Awaited<ReturnType<typeof makeTextModel>>;
  let engine: EngineClient;
  let logged: string[];

  beforeEach(async () => {
    logged = [];
    const log = (message: string) => logged.push(message);
    model = await makeTextModel();
    engine = new EngineClient({
      entry: path.resolve('src', 'engine', 'main.ts'),
      execArgv: ['--import', 'tsx'],
      log: { debug: log, info: log, warn: log, error: log },
    });
  });

  afterEach(async () => {
    const { pid } = engine;
    engine.dispose();
    await model.remove();
    if (pid !== null) assert.ok(await within(2000, () => !isAlive(pid)));
  });

  function explain(
    changes: Partial<ExplainRequest> = {},
    options: CallOptions = {},
  ): Promise<Explanation> {
    const request: ExplainRequest = {
      modelDir: model.dir,
      device: 'cpu',
      text: 'the film is not very good .',
      method: 'input-x-gradient',
      parameters: {},
      scalar: 'logit',
      label: { kind: 'predicted' },
      ...changes,
    };
    return engine.call('explain', request, options);
  }

  const long: Partial<ExplainRequest> = {
    method: 'integrated-gradients',
    parameters: { steps: 5000 },
  };

  async function rejection(call: Promise<unknown>): Promise<GlassboxError> {
    const error: unknown = await call.then(
      () => assert.fail('it did not reject'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof GlassboxError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error;
  }

  it('tells about a model, explains with it, and loads it once', async () => {
    const info = await engine.call('loadModel', { modelDir: model.dir, device: 'cpu' });
    assert.deepEqual(info.labels, textModelLabels);
    assert.equal(info.device, 'cpu');
    assert.ok(info.methods.some(({ name }) => name === 'integrated-gradients'));
    const { tokens, scores, modelHash } = await explain();
    const words = ['[CLS]', 'the', 'film', 'is', 'not', 'very', 'good', '.', '[SEP]'];
    assert.deepEqual(
      tokens.map(({ text }) => text),
      words,
    );
    assert.equal(scores.length, words.length);
    assert.equal(modelHash, info.hash);
    const { models, explained, memory } = await engine.call('status', null);
    assert.deepEqual({ models, explained }, { models: [model.dir], explained: 1 });
    assert.ok(memory > 2 ** 20);
  });

  it('explains token ids as PyTorch does, without a tokenizer', async () => {
    const { golden } = loadFamily('bert');
    const rows = golden.input_ids.map((ids, i) => ({
      ids,
      mask: golden.attention_mask[i]!,
      typeIds: golden.token_type_ids![i]!,
    }));
    const explanations = await engine.call('explainIds', {
      modelDir: familyDir('bert'),
      device: 'cpu',
      rows,
      method: 'input-x-gradient',
      parameters: { aggregate: 'l1' },
      scalar: 'loss',
      label: { kind: 'predicted' },
    });
    explanations.forEach(({ attributions }, row) => {
      const real = (_: number, i: number) => golden.attention_mask[row]![i] === 1;
      assertClose(attributions.filter(real), golden.l1[row]!.filter(real), 1e-4, `row ${row}`);
    });
  });

  it('stops a 5,000-step explanation by itself when it is cancelled, and explains the next', async () => {
    await explain();
    const { pid } = engine;
    const abort = new AbortController();
    let progress = 0;
    const cancelled = explain(long, {
      signal: abort.signal,
      onProgress: ({ done, total }) => {
        assert.ok(total >= 5000);
        progress = done;
        abort.abort();
      },
    });
    assert.equal((await rejection(cancelled)).code, 'cancelled');
    assert.ok(progress > 0 && progress < 5000, `cancelled at ${progress}`);
    assert.equal((await explain()).tokens.length, 9);
    assert.equal(engine.pid, pid);
  });

  it('killed while it runs, it explains the next', async () => {
    const before = await explain();
    const running = explain(long, {
      onProgress: () => {
        process.kill(engine.pid!, 'SIGKILL');
      },
    });
    assert.equal((await rejection(running)).code, 'engine-lost');
    const after = await explain();
    assert.deepEqual(after.attributions, before.attributions);
  });

  it('a waiting explanation can be cancelled before it starts', async () => {
    const abort = new AbortController();
    const first = explain();
    const second = explain(long, { signal: abort.signal });
    const third = explain();
    abort.abort();
    assert.equal((await rejection(second)).code, 'cancelled');
    await Promise.all([first, third]);
    assert.equal((await engine.call('status', null)).explained, 2);
  });

  it('reads a model again when its file has changed', async () => {
    const before = await explain();
    await copyFile(
      path.join(familyDir('bert-sdpa'), 'model.onnx'),
      path.join(model.dir, 'model.onnx'),
    );
    const after = await explain();
    assert.notEqual(after.modelHash, before.modelHash);
    assert.equal((await engine.call('status', null)).models.length, 1);
  });

  it('reads a model again when a file that tells about its tokenizer has changed', async () => {
    assert.ok((await explain()).health.every(({ check }) => check !== 'tokenizer'));
    await writeFile(path.join(model.dir, 'tokenizer_config.json'), '{"cls_token": "<cls>"}');
    assert.ok((await explain()).health.some(({ check, ok }) => check === 'tokenizer' && !ok));
  });

  it('refuses broken models and wrong questions in one sentence, and explains the next', async () => {
    const onnx = path.join(model.dir, 'model.onnx');
    const { size } = await stat(onnx);
    await explain();
    const { pid } = engine;

    await truncate(onnx, size / 2);
    assert.equal((await rejection(explain())).code, 'bad-model');
    await writeFile(
      onnx,
      Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251),
    );
    assert.equal((await rejection(explain())).code, 'bad-model');
    const nowhere = await rejection(explain({ modelDir: path.join(model.dir, 'nowhere') }));
    assert.match(nowhere.message, /nowhere/);
    await copyFile(path.join(familyDir('bert'), 'model.onnx'), onnx);

    assert.equal((await rejection(explain({ method: 'magic' }))).code, 'bad-input');
    const noGold = await rejection(explain({ label: { kind: 'gold' } }));
    assert.equal(noGold.code, 'bad-input');
    const noLabel = await rejection(explain({ label: { kind: 'label', label: 'ugly' } }));
    assert.match(noLabel.message, /ugly.*bad, good, mixed/);

    assert.equal((await explain()).tokens.length, 9);
    assert.equal(engine.pid, pid);
  });

  it('survives texts that nobody wrote, and says what was not read', async () => {
    const texts = [
      '',
      ' \n',
      '\u0000',
      '<img src=x onerror=alert(1)>',
      '\ud800',
      'good '.repeat(20_000),
    ];
    for (const text of texts) {
      const outcome = await explain({ text }).catch((error: unknown) => error);
      if (outcome instanceof GlassboxError) assert.equal(outcome.code, 'bad-input');
      else {
        const { tokens, scores, health } = outcome as Explanation;
        assert.equal(tokens.length, scores.length);
        assert.ok(tokens.every(({ start, end }) => start <= end && end <= text.length));
        const cut = health.find(({ check }) => check === 'truncated')!;
        assert.equal(cut.ok, text.length < 1000);
      }
    }
    assert.equal((await explain()).tokens.length, 9);
  });
});
