/** Traces by the real engine process: what is kept between questions, a file that changes, a cancel, many models. */
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { EngineClient } from '../../../src/engine/client';
import { EngineServer } from '../../../src/engine/server';
import type { CallOptions } from '../../../src/protocol/channelTypes';
import type {
  InfluenceRequest,
  InfluenceResult,
  SuspicionRequest,
} from '../../../src/protocol/influence';
import { GlassboxError } from '../../../src/protocol/messages';
import { recordsOf, wordFolder } from '../../support/influenceTasks';
import { Folders } from '../../support/models';
import { isAlive, within } from '../../support/processes';
import { jsonl } from '../../support/trainFiles';

describe('traces by the engine', () => {
  const folders = new Folders();
  const model = wordFolder(folders, 3, ['bad', 'good', 'mixed']);
  let engine: EngineClient;

  before(() => {
    engine = new EngineClient({
      entry: path.resolve('src', 'engine', 'main.ts'),
      execArgv: ['--import', 'tsx'],
    });
  });

  after(async () => {
    const { pid } = engine;
    engine.dispose();
    if (pid !== null) assert.ok(await within(2000, () => !isAlive(pid)));
    folders.remove();
  });

  function fileOf(lines: number, seed = 1): string {
    const content = jsonl(recordsOf('label', lines, seed));
    return path.join(folders.with({ 'train.jsonl': content }), 'train.jsonl');
  }

  function requestOf(file: string, changes: Partial<InfluenceRequest> = {}): InfluenceRequest {
    return {
      modelDir: model,
      device: 'cpu',
      train: { path: file },
      cacheDir: path.join(path.dirname(file), 'cache'),
      tests: [{ text: 'a good film', gold: { kind: 'label', label: 'good' } }],
      method: 'head',
      options: { k: 5 },
      ...changes,
    };
  }

  const trace = (request: InfluenceRequest, options: CallOptions = {}): Promise<InfluenceResult> =>
    engine.call('influence', request, options);

  const asAnswered = ({ milliseconds, ...result }: InfluenceResult): object => {
    assert.ok(milliseconds >= 0);
    return { ...result, train: { ...result.train, computed: null, cached: null } };
  };

  it('keep the training file open: the second question computes nothing', async () => {
    const file = fileOf(60);
    const said: string[] = [];
    const first = await trace(requestOf(file), { onProgress: ({ says }) => said.push(says) });
    assert.deepEqual([first.train.computed, first.train.cached], [60, 0]);
    assert.equal(first.helps.length, 5);
    assert.ok(said.some(says => says.startsWith('Features of ')));
    said.length = 0;
    const second = await trace(requestOf(file), { onProgress: ({ says }) => said.push(says) });
    assert.deepEqual([second.train.computed, second.train.cached], [0, 60]);
    assert.deepEqual(asAnswered(second), asAnswered(first));
    assert.ok(
      said.every(says => !/^(Features|Curvature) of /u.test(says)),
      said.join('; '),
    );
    // Another process finds the features on disk, and the same answer.
    await engine.restart();
    const third = await trace(requestOf(file));
    assert.deepEqual([third.train.computed, third.train.cached], [0, 60]);
    assert.deepEqual(asAnswered(third), asAnswered(first));
  });

  it('notice that the training file has changed, and compute what is new', async () => {
    const file = fileOf(40);
    await trace(requestOf(file));
    const line = { text: 'a good film', label: 'good' };
    appendFileSync(file, jsonl([line]));
    const { train, helps } = await trace(requestOf(file, { options: { k: 50 } }));
    assert.deepEqual([train.lines, train.computed, train.cached], [41, 1, 40]);
    const added = helps.find(row => row.line === 41);
    assert.equal(added?.text, line.text);
  });

  it('answer what is suspicious with the same features', async () => {
    const file = fileOf(40);
    await trace(requestOf(file));
    const { tests, ...rest } = requestOf(file);
    assert.equal(tests.length, 1);
    for (const method of ['head', 'loss'] as const) {
      const request: SuspicionRequest = { ...rest, method, options: { k: 3 } };
      const { rows, train } = await engine.call('suspicious', request);
      assert.equal(rows.length, 3);
      assert.deepEqual([train.computed, train.cached], [0, 40]);
    }
  });

  it('stop when they are cancelled, keep what was computed, and answer the next question', async () => {
    const file = fileOf(9000);
    const request = requestOf(file);
    const small = requestOf(fileOf(10, 2));
    await trace(small);
    const { pid } = engine;
    const abort = new AbortController();
    const cancelled = trace(request, {
      signal: abort.signal,
      onProgress: ({ says, done }) => {
        if (says.startsWith('Features of ') && done >= 2000) abort.abort();
      },
    });
    await assert.rejects(
      cancelled,
      (error: unknown) => error instanceof GlassboxError && error.code === 'cancelled',
    );
    const before = performance.now();
    await trace(small);
    // By itself, or the client would have ended it.
    assert.equal(engine.pid, pid);
    assert.ok(performance.now() - before < 5000);
    const { train } = await trace(request);
    assert.equal(train.lines, 9000);
    assert.ok(train.cached! >= 1000, `${train.cached} of 9000 were kept`);
    assert.equal(train.cached! + train.computed!, 9000);
  });

  it('refuse with one sentence a file that is not there', async () => {
    const request = requestOf(path.join(folders.empty(), 'none.jsonl'));
    await assert.rejects(
      trace(request),
      (error: unknown) =>
        error instanceof GlassboxError &&
        error.code === 'bad-input' &&
        error.message.includes('none.jsonl'),
    );
  });

  it('open as many checkpoints as there are without losing the model in use', async () => {
    const server = new EngineServer();
    try {
      const file = fileOf(12);
      const checkpoints = [4, 5, 6, 7, 8].map(width =>
        wordFolder(folders, 3, ['bad', 'good', 'mixed'], width),
      );
      const first = await server.influence(requestOf(file));
      const traced = await server.influence(
        requestOf(file, { method: 'tracin', options: { k: 5, checkpoints, params: 'classifier' } }),
      );
      assert.equal(traced.method, 'tracin');
      assert.ok(server.status().models.includes(model));
      assert.ok(server.status().models.length <= 3);
      const again = await server.influence(requestOf(file));
      assert.deepEqual(again.train.computed, 0);
      assert.deepEqual(asAnswered(again), asAnswered(first));
      // Models that push the first one out take its training file with them, and it is opened again.
      for (const dir of checkpoints) await server.influence(requestOf(file, { modelDir: dir }));
      assert.ok(!server.status().models.includes(model));
      assert.deepEqual(asAnswered(await server.influence(requestOf(file))), asAnswered(first));
    } finally {
      await server.release();
    }
  });
});
