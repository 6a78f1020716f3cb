import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Channel } from '../../../src/protocol/channel';
import type { ChannelOptions, NoRequests } from '../../../src/protocol/channelTypes';
import { internalSentence } from '../../../src/protocol/envelope';
import type { Envelope } from '../../../src/protocol/messages';
import { GlassboxError, protocolVersion } from '../../../src/protocol/messages';
import type { Port } from '../../../src/protocol/port';
import { portPair } from '../../support/portPair';

// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
type Requests = {
  double: { params: number; result: number };
  wait: { params: { steps: number }; result: string };
  echo: { params: unknown; result: unknown };
};
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
type Events = { said: string };

type Caller = Channel<Requests, NoRequests, Events, Events>;
type Server = Channel<NoRequests, Requests, Events, Events>;

function pair(caller: ChannelOptions = {}, server: ChannelOptions = {}): [Caller, Server] {
  const [left, right] = portPair();
  return [new Channel(left, { peer: 'the engine', ...caller }), new Channel(right, server)];
}

function isError(code: string, says?: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof GlassboxError, String(error));
    assert.equal(error.code, code);
    if (says) assert.match(error.message, says);
    return true;
  };
}

describe('channel: requests', () => {
  it('infers the result, and answers with it', async () => {
    const [caller, server] = pair();
    server.handle('double', n => n * 2);
    const four: number = await caller.call('double', 2);
    assert.equal(four, 4);
  });

  it('carries typed arrays and big integers', async () => {
    const [caller, server] = pair();
    server.handle('echo', value => value);
    const sent = { a: Float32Array.of(1.5, -2), b: 9007199254740993n };
    assert.deepEqual(await caller.call('echo', sent), sent);
  });

  it('an error of ours keeps its code and its sentence', async () => {
    const [caller, server] = pair();
    server.handle('double', () => {
      throw new GlassboxError('bad-model', 'model.onnx is cut off.');
    });
    await assert.rejects(
      caller.call('double', 1),
      isError('bad-model', /^model.onnx is cut off.$/),
    );
  });

  it('any other error becomes a plain sentence, its detail goes to the log only', async () => {
    const logged: unknown[] = [];
    const [caller, server] = pair({}, { log: (_says, detail) => logged.push(detail) });
    const detail = new TypeError('x is undefined');
    server.handle('double', () => Promise.reject(detail));
    await assert.rejects(caller.call('double', 1), (error: unknown) => {
      assert.ok(error instanceof GlassboxError);
      assert.equal(error.message, internalSentence);
      return error.code === 'internal';
    });
    assert.deepEqual(logged, [detail]);
  });

  it('a request that nobody answers is an error, not a wait for ever', async () => {
    const [caller] = pair();
    await assert.rejects(caller.call('double', 1), isError('internal'));
  });

  it('parameters and results that cannot travel reject the call', async () => {
    const [caller, server] = pair();
    server.handle('echo', () => () => 1);
    await assert.rejects(
      caller.call('echo', () => 1),
      isError('internal'),
    );
    await assert.rejects(caller.call('echo', 1), isError('internal'));
    server.handle('double', n => n * 2);
    assert.equal(await caller.call('double', 2), 4);
  });
});

describe('channel: progress and cancellation', () => {
  function serveWait(server: Server, seen: { aborted: boolean }) {
    server.handle('wait', async ({ steps }, { signal, progress }) => {
      for (let i = 0; i < steps; i++) {
        await sleep(1);
        if (signal.aborted) {
          seen.aborted = true;
          throw new GlassboxError('cancelled', 'Stopped.');
        }
        progress({ done: i + 1, total: steps, says: `step ${i + 1}` });
      }
      return 'done';
    });
  }

  it('progress arrives in order and before the answer', async () => {
    const [caller, server] = pair();
    serveWait(server, { aborted: false });
    const done: number[] = [];
    const answer = await caller.call(
      'wait',
      { steps: 5 },
      { onProgress: step => done.push(step.done) },
    );
    assert.equal(answer, 'done');
    assert.deepEqual(done, [1, 2, 3, 4, 5]);
  });

  it('a failing progress listener does not break the request', async () => {
    const [caller, server] = pair();
    serveWait(server, { aborted: false });
    const onProgress = () => {
      throw new Error('listener');
    };
    assert.equal(await caller.call('wait', { steps: 2 }, { onProgress }), 'done');
  });

  it('cancel rejects at once, aborts the handler, and quiet tells when it has stopped', async () => {
    const [caller, server] = pair();
    const seen = { aborted: false };
    serveWait(server, seen);
    const abort = new AbortController();
    let progressAfter = 0;
    const call = caller.call(
      'wait',
      { steps: 100_000 },
      {
        signal: abort.signal,
        onProgress: step => {
          if (abort.signal.aborted) progressAfter++;
          if (step.done === 3) abort.abort();
        },
      },
    );
    await assert.rejects(call, isError('cancelled'));
    assert.equal(seen.aborted, false);
    await caller.quiet();
    assert.equal(seen.aborted, true);
    assert.equal(progressAfter, 0);
  });

  it('a signal that was aborted before sends nothing', async () => {
    const [caller, server] = pair();
    let calls = 0;
    server.handle('double', n => (calls++, n));
    await assert.rejects(
      caller.call('double', 1, { signal: AbortSignal.abort() }),
      isError('cancelled'),
    );
    await caller.call('double', 1);
    assert.equal(calls, 1);
  });

  it('a call cancelled before the other side is there is never sent', async () => {
    const [left, right] = portPair();
    const caller: Caller = new Channel(left);
    const abort = new AbortController();
    const lost = caller.call('double', 1, { signal: abort.signal });
    const kept = caller.call('double', 2);
    abort.abort();
    await assert.rejects(lost, isError('cancelled'));
    const got: number[] = [];
    const server: Server = new Channel(right);
    server.handle('double', n => (got.push(n), n * 2));
    assert.equal(await kept, 4);
    assert.deepEqual(got, [2]);
  });

  it('an AbortError of the handler is a cancellation', async () => {
    const [caller, server] = pair();
    server.handle('double', () => {
      throw new DOMException('stop', 'AbortError');
    });
    await assert.rejects(caller.call('double', 1), isError('cancelled'));
  });
});

describe('channel: events and the first message', () => {
  it('events go both ways, and stop when told', async () => {
    const [caller, server] = pair();
    server.handle('double', n => n);
    const heard: string[] = [];
    const stop = server.on('said', text => heard.push(`server ${text}`));
    caller.on('said', text => heard.push(`caller ${text}`));
    caller.emit('said', 'a');
    server.emit('said', 'b');
    await caller.call('double', 1);
    stop();
    caller.emit('said', 'c');
    await caller.call('double', 1);
    assert.deepEqual(heard.sort(), ['caller b', 'server a']);
  });

  it('what is said before the other side is loaded reaches it', async () => {
    const [left, right] = portPair();
    const caller: Caller = new Channel(left);
    const answer = caller.call('double', 21);
    caller.emit('said', 'early');
    await sleep(5);
    const heard: string[] = [];
    const server: Server = new Channel(right);
    server.handle('double', n => n * 2);
    server.on('said', text => heard.push(text));
    assert.equal(await answer, 42);
    assert.deepEqual(heard, ['early']);
  });

  it('another version is a clear error on both sides, for calls made before and after', async () => {
    const [left, right] = portPair();
    const here = new Channel<Requests, Requests>(left, { peer: 'the engine' });
    const there = new Channel<Requests, Requests>(right, {
      version: protocolVersion + 1,
      peer: 'the host',
    });
    here.handle('double', n => n);
    there.handle('double', n => n);
    const says = new RegExp(
      `the engine are of different versions .*${protocolVersion} and ${protocolVersion + 1}.*Reload`,
    );
    await assert.rejects(here.call('double', 1), isError('version', says));
    await assert.rejects(here.call('double', 1), isError('version', says));
    await assert.rejects(there.call('double', 1), isError('version', /the host/));
  });

  it('a side that was loaded again rejects what the old one owed, then works', async () => {
    const [left, right] = portPair();
    const caller: Caller = new Channel(left, { peer: 'the panel' });
    const old: Server = new Channel(right);
    let aborted = false;
    old.handle('wait', (_params, { signal }) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise<string>(() => undefined);
    });
    const owed = caller.call('wait', { steps: 1 });
    await sleep(5);
    old.dispose();
    assert.equal(aborted, true);
    const young: Server = new Channel(right);
    young.handle('double', n => n * 2);
    await assert.rejects(owed, isError('engine-lost', /^The panel started again.$/));
    assert.equal(await caller.call('double', 4), 8);
  });

  it('dispose rejects what is pending and what comes later, and wakes quiet', async () => {
    const [caller, server] = pair();
    server.handle('wait', () => new Promise<string>(() => undefined));
    const first = caller.call('wait', { steps: 1 });
    const second = caller.call('wait', { steps: 1 });
    const quiet = caller.quiet();
    caller.dispose();
    await assert.rejects(first, isError('engine-lost', /engine/));
    await assert.rejects(second, isError('engine-lost'));
    await assert.rejects(caller.call('wait', { steps: 1 }), isError('engine-lost'));
    await quiet;
  });
});

describe('channel: messages that are not ours', () => {
  /** A port whose other end is driven by hand. */
  function wire() {
    const sent: Envelope[] = [];
    let listener: (message: unknown) => void = () => undefined;
    const port: Port = {
      send: envelope => sent.push(envelope),
      listen: given => {
        listener = given;
        return () => undefined;
      },
    };
    return {
      port,
      sent,
      push: (message: unknown) => {
        listener(message);
      },
    };
  }

  it('malformed envelopes are logged and ignored', async () => {
    const { port, push } = wire();
    const logged: unknown[] = [];
    const caller: Caller = new Channel(port, { log: (_says, detail) => logged.push(detail) });
    push({ hello: protocolVersion });
    const call = caller.call('double', 1);
    const rubbish = [
      null,
      undefined,
      42,
      'hello',
      [],
      {},
      { hello: '1' },
      { id: 1 },
      { id: '1', ok: 3 },
      { id: 1, error: null },
      { id: 1, error: { code: 'internal' } },
      { id: 1, progress: { done: 1 } },
      { cancel: '1' },
      { event: 7 },
    ];
    for (const message of rubbish) push(message);
    assert.deepEqual(logged, rubbish);
    push({ id: 1, ok: 2 });
    assert.equal(await call, 2);
  });

  it('late, repeated and unknown answers are ignored', async () => {
    const { port, push, sent } = wire();
    const caller: Caller = new Channel(port);
    push({ hello: protocolVersion });
    const call = caller.call('double', 1);
    push({ id: 99, ok: 'nobody asked' });
    push({ id: 1, ok: 2 });
    push({ id: 1, ok: 3 });
    push({ id: 1, error: { code: 'internal', message: 'late' } });
    push({ id: 1, progress: { done: 1, total: 1, says: 'late' } });
    push({ cancel: 12 });
    assert.equal(await call, 2);
    assert.equal(sent.filter(envelope => 'request' in envelope).length, 1);
  });

  it('an unknown error code is internal', async () => {
    const { port, push } = wire();
    const caller: Caller = new Channel(port);
    push({ hello: protocolVersion });
    const call = caller.call('double', 1);
    push({ id: 1, error: { code: 'made-up', message: 'Said so.' } });
    await assert.rejects(call, isError('internal', /^Said so.$/));
  });

  it('a peer that asks after a version mismatch is told why', () => {
    const { port, push, sent } = wire();
    new Channel(port, { peer: 'the engine' });
    push({ hello: protocolVersion + 5 });
    push({ id: 3, request: 'double', params: 1 });
    const answer = sent.at(-1)!;
    assert.ok('error' in answer && answer.id === 3);
    assert.equal(answer.error.code, 'version');
  });
});
