/** The client against real processes that crash, hang, grow and are killed. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineClientOptions, EngineState } from '../../../src/engine/client';
import { EngineClient } from '../../../src/engine/client';
import type { AttackRequest } from '../../../src/protocol/attack';
import type { CallOptions } from '../../../src/protocol/channelTypes';
import type { ExplainRequest } from '../../../src/protocol/explanation';
import { GlassboxError } from '../../../src/protocol/messages';
import { isAlive, within } from '../../support/processes';

const support = path.resolve('test', 'support');
const execArgv = ['--import', 'tsx'];

function isError(code: string, says = /./) {
  return (error: unknown) => {
    assert.ok(error instanceof GlassboxError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, says);
    return true;
  };
}

describe('engine client', () => {
  let clients: EngineClient[] = [];
  let logged: string[] = [];
  let unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown) => unhandled.push(reason);

  beforeEach(() => {
    logged = [];
    unhandled = [];
    process.on('unhandledRejection', onUnhandled);
  });

  afterEach(async () => {
    for (const client of clients) client.dispose();
    clients = [];
    await sleep(5);
    process.off('unhandledRejection', onUnhandled);
    assert.deepEqual(unhandled, []);
  });

  function start(options: Partial<EngineClientOptions> = {}): EngineClient {
    const log = (message: string) => logged.push(message);
    const client = new EngineClient({
      entry: path.join(support, 'fakeEngine.ts'),
      execArgv,
      log: { debug: log, info: log, warn: log, error: log },
      ...options,
    });
    clients.push(client);
    return client;
  }

  function explain(client: EngineClient, text: string, options: CallOptions = {}) {
    const request: ExplainRequest = {
      modelDir: 'model',
      device: 'cpu',
      text,
      method: 'gradient',
      parameters: {},
      scalar: 'logit',
      label: { kind: 'predicted' },
    };
    return client.call('explain', request, options);
  }

  it('tells how far an attack has come, before its answer, to those who listen', async () => {
    const client = start();
    const told: string[] = [];
    const stop = client.onTrace(({ trace, result }) => told.push(`${trace}: ${result.says}`));
    const attack = async (trace: string): Promise<void> => {
      const request = {
        modelDir: 'model',
        device: 'cpu',
        text: 'on its way',
        trace,
      } as AttackRequest;
      told.push((await client.call('attack', request)).says);
    };
    await attack('one');
    stop();
    await attack('two');
    assert.deepEqual(told, ['one: on its way', 'one: on its way again', 'done', 'done']);
  });

  it('starts no process before it is asked, one for many requests, and tells its states', async () => {
    const client = start();
    const states: EngineState[] = [];
    client.onState(state => states.push(state));
    await sleep(50);
    assert.equal(client.pid, null);
    const first = await explain(client, 'ok');
    const second = await explain(client, 'ok');
    assert.equal(first.device, second.device);
    assert.equal(Number(first.device), client.pid);
    await sleep(0);
    assert.deepEqual(states, ['starting', 'busy', 'ready', 'busy', 'ready']);
    const { pid, explained } = await client.call('status', null);
    assert.deepEqual({ pid, explained }, { pid: client.pid, explained: 2 });
  });

  it('an error of the engine keeps the process', async () => {
    const client = start();
    await assert.rejects(explain(client, 'fail'), isError('bad-input', /^The text is empty.$/));
    const { pid } = client;
    assert.equal(Number((await explain(client, 'ok')).device), pid);
  });

  it('killed while it runs: the running request is lost, queued and later ones are answered', async () => {
    const client = start();
    const running = explain(client, 'slow 100000', {
      onProgress: ({ done }) => {
        if (done === 3) process.kill(client.pid!, 'SIGKILL');
      },
    });
    const queued = explain(client, 'ok');
    const before = within(20_000, () => client.pid !== null).then(() => client.pid);
    await assert.rejects(running, isError('engine-lost', /SIGKILL.*next request/));
    const after = Number((await queued).device);
    assert.notEqual(after, await before);
    assert.equal(Number((await explain(client, 'ok')).device), after);
  });

  it('killed while idle: the state is stopped, and the next request is answered', async () => {
    const client = start();
    await explain(client, 'ok');
    process.kill(client.pid!, 'SIGKILL');
    assert.ok(await within(2000, () => client.state === 'stopped'));
    assert.equal((await explain(client, 'ok')).modelName, 'ok');
  });

  it('a crash of native code and an error that nobody caught lose only one request, and are logged', async () => {
    const client = start();
    await assert.rejects(explain(client, 'abort'), isError('engine-lost'));
    assert.equal((await explain(client, 'ok')).modelName, 'ok');
    await assert.rejects(explain(client, 'throw'), isError('engine-lost', /code 1/));
    assert.equal((await explain(client, 'ok')).modelName, 'ok');
    assert.ok(await within(1000, () => logged.some(line => line.includes('nobody caught this'))));
  });

  it('a cancel that the engine honours does not kill it', async () => {
    const client = start();
    const abort = new AbortController();
    let cancelledAt = 0;
    const cancelled = explain(client, 'slow 100000', {
      signal: abort.signal,
      onProgress: ({ done }) => {
        if (done !== 3) return;
        cancelledAt = performance.now();
        abort.abort();
      },
    });
    await assert.rejects(cancelled, isError('cancelled'));
    assert.ok(performance.now() - cancelledAt < 250);
    const { pid } = client;
    assert.equal(Number((await explain(client, 'ok')).device), pid);
  });

  it('a cancel that the engine does not honour kills it after the grace, and the next request works', async () => {
    const client = start();
    const abort = new AbortController();
    const cancelled = explain(client, 'stuck 30000', {
      signal: abort.signal,
      onProgress: () =>
        setTimeout(() => {
          abort.abort();
        }, 100),
    });
    await assert.rejects(cancelled, isError('cancelled'));
    const at = performance.now();
    const pid = client.pid!;
    assert.ok(isAlive(pid));
    const next = explain(client, 'ok');
    assert.ok(await within(6000, () => !isAlive(pid)));
    const took = performance.now() - at;
    assert.ok(took > 250 && took < 5000, `killed after ${took} ms`);
    assert.notEqual(Number((await next).device), pid);
  });

  it('a request cancelled in the queue never reaches the engine and disturbs nobody', async () => {
    const client = start();
    const first = explain(client, 'slow 40');
    const abort = new AbortController();
    const second = explain(client, 'ok', { signal: abort.signal });
    const third = explain(client, 'ok');
    abort.abort();
    await assert.rejects(second, isError('cancelled'));
    const { pid } = client;
    await first;
    assert.equal(Number((await third).device), pid);
    assert.equal((await client.call('status', null)).explained, 2);
  });

  it('a cancel while the process still starts keeps the process', async () => {
    const client = start();
    const abort = new AbortController();
    const cancelled = explain(client, 'ok', { signal: abort.signal });
    const { pid } = client;
    abort.abort();
    await assert.rejects(cancelled, isError('cancelled'));
    assert.equal(Number((await explain(client, 'ok')).device), pid);
    assert.equal((await client.call('status', null)).explained, 1);
  });

  it('answers in the order of the questions', async () => {
    const client = start();
    const order: number[] = [];
    const texts = ['slow 5', 'ok', 'slow 2', 'ok'];
    await Promise.all(texts.map((text, i) => explain(client, text).then(() => order.push(i))));
    assert.deepEqual(order, [0, 1, 2, 3]);
  });

  it('replaces a process that grew past the limit, between requests, and lets a big model be', async () => {
    const client = start({ memoryLimitMB: () => 400 });
    const first = await explain(client, 'ok');
    const grown = await explain(client, 'grow 500');
    assert.equal(grown.device, first.device);
    const next = await explain(client, 'grow 500');
    assert.notEqual(next.device, first.device);
    assert.equal(isAlive(Number(first.device)), false);
    const same = await explain(client, 'ok');
    assert.equal(same.device, next.device);
  });

  it('another version of the messages is a clear error', async () => {
    const client = start({ env: { FAKE_VERSION: '1' } });
    await assert.rejects(explain(client, 'ok'), isError('version', /different versions.*Reload/));
  });

  it('a process that ends before it is ready, hangs, or cannot be started is a clear error', async () => {
    const exits = start({ env: { FAKE_START: 'exit' } });
    await assert.rejects(
      explain(exits, 'ok'),
      isError('engine-lost', /code 7 before it was ready/),
    );
    const hangs = start({ env: { FAKE_START: 'never' }, startTimeout: 1000 });
    await assert.rejects(explain(hangs, 'ok'), isError('engine-lost', /within 1 seconds/));
    assert.equal(hangs.state, 'stopped');
    const missing = start({ nodePath: () => '/nowhere/node' });
    await assert.rejects(
      explain(missing, 'ok'),
      isError('engine-lost', /\/nowhere\/node.*glassbox\.engine\.nodePath/),
    );
    await assert.rejects(missing.call('status', null), isError('engine-lost'));
  });

  it('runs by another Node executable when told', async () => {
    const client = start({ nodePath: () => process.execPath });
    assert.equal((await explain(client, 'ok')).modelName, 'ok');
  });

  it('restart loses the running request, and the next one gets a fresh process', async () => {
    const client = start();
    await explain(client, 'ok');
    const pid = client.pid!;
    let started = false;
    const running = explain(client, 'slow 100000', { onProgress: () => (started = true) });
    assert.ok(await within(5000, () => started));
    const lost = assert.rejects(running, isError('engine-lost', /restarted/));
    await client.restart();
    assert.equal(isAlive(pid), false);
    await lost;
    assert.notEqual(Number((await explain(client, 'ok')).device), pid);
  });

  it('dispose rejects everything and leaves no process behind', async () => {
    const client = start();
    await explain(client, 'ok');
    const pid = client.pid!;
    const running = assert.rejects(explain(client, 'stuck 30000'), isError('engine-lost'));
    const queued = assert.rejects(explain(client, 'ok'), isError('engine-lost'));
    await sleep(50);
    client.dispose();
    await running;
    await queued;
    await assert.rejects(explain(client, 'ok'), isError('engine-lost'));
    assert.ok(await within(2000, () => !isAlive(pid)));
    await sleep(50);
    assert.equal(client.pid, null);
  });

  it('a question asked just before dispose starts no process', async () => {
    const client = start();
    const asked = client.call('status', null);
    client.dispose();
    await assert.rejects(asked, isError('engine-lost'));
    assert.equal(client.pid, null);
  });

  it('a listener of the state that throws costs no request', async () => {
    const client = start();
    client.onState(() => {
      throw new Error('a mistake');
    });
    assert.equal((await explain(client, 'ok')).modelName, 'ok');
    assert.ok(await within(2000, () => client.state === 'ready'));
    assert.ok(logged.some(line => line.includes('a mistake')));
  });

  it('the process ends when its parent is killed', async () => {
    const parent = fork(path.join(support, 'engineParent.ts'), { execArgv });
    const pid = await new Promise<number>(resolve =>
      parent.once('message', m => {
        resolve(Number(m));
      }),
    );
    assert.ok(isAlive(pid));
    parent.kill('SIGKILL');
    assert.ok(await within(5000, () => !isAlive(pid)));
  });
});
