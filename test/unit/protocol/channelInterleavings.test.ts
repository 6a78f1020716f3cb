/**
 * The wire delivers one message at a time, in an order that fast-check chooses, while calls are
 * made, cancelled, finished and failed: whatever happens, every call settles exactly once.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Channel } from '../../../src/protocol/channel';
import type { NoRequests } from '../../../src/protocol/channelTypes';
import { GlassboxError } from '../../../src/protocol/messages';
import type { Port } from '../../../src/protocol/port';

// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
type Requests = { work: { params: number; result: number } };

/** Two ports whose messages wait until the test delivers them; each direction keeps its order. */
function slowWire() {
  const queues: unknown[][] = [[], []];
  const listeners: (((message: unknown) => void) | null)[] = [null, null];
  const end = (mine: number): Port => ({
    send: envelope => queues[mine]!.push(envelope),
    listen: listener => {
      listeners[mine] = listener;
      return () => (listeners[mine] = null);
    },
  });
  const deliver = (from: number): boolean => {
    if (queues[from]!.length === 0) return false;
    const message = queues[from]!.shift();
    listeners[1 - from]?.(message);
    return true;
  };
  return { ends: [end(0), end(1)] as const, deliver };
}

interface Action {
  readonly do: 'call' | 'deliver' | 'reply' | 'dispose' | 'reload' | 'cancel' | 'finish' | 'fail';
  /** Which call or job, where the action is about one. */
  readonly pick: number;
}

/** Deliveries are likely, so that calls get through; the end of the talk is rare. */
const action: fc.Arbitrary<Action> = fc.record({
  do: fc.constantFrom(
    ...(['call', 'call', 'deliver', 'deliver', 'deliver', 'reply', 'reply', 'reply'] as const),
    ...(['cancel', 'finish', 'finish', 'fail'] as const),
    ...(['call', 'deliver', 'reply', 'cancel', 'finish', 'deliver', 'reply'] as const),
    ...(['dispose', 'reload'] as const),
  ),
  pick: fc.nat(20),
});

interface Outcome {
  readonly value?: number;
  readonly code?: string;
}

class World {
  readonly wire = slowWire();
  readonly caller = new Channel<Requests>(this.wire.ends[0]);
  readonly calls: { abort: AbortController; outcomes: Outcome[]; abortedBefore: boolean }[] = [];
  private jobs: { n: number; resolve: (n: number) => void; reject: (e: Error) => void }[] = [];
  private server = this.serve();
  disposed = false;
  reloaded = false;

  private serve() {
    this.jobs = [];
    const jobs = this.jobs;
    const server = new Channel<NoRequests, Requests>(this.wire.ends[1]);
    server.handle('work', n => new Promise((resolve, reject) => jobs.push({ n, resolve, reject })));
    return server;
  }

  async step(action: Action): Promise<void> {
    if (action.do === 'call') this.call();
    else if (action.do === 'deliver') this.wire.deliver(0);
    else if (action.do === 'reply') this.wire.deliver(1);
    else if (action.do === 'dispose') {
      this.caller.dispose();
      this.disposed = true;
    } else if (action.do === 'reload') {
      this.server.dispose();
      this.server = this.serve();
      this.reloaded = true;
    } else if (action.do === 'cancel') this.calls[action.pick % this.calls.length]?.abort.abort();
    else this.settleJob(action.do, action.pick);
    await turn();
  }

  private call(): void {
    const n = this.calls.length;
    const record = {
      abort: new AbortController(),
      outcomes: [] as Outcome[],
      abortedBefore: false,
    };
    record.abort.signal.addEventListener('abort', () => {
      record.abortedBefore = record.outcomes.length === 0;
    });
    this.calls.push(record);
    this.caller.call('work', n, { signal: record.abort.signal }).then(
      value => record.outcomes.push({ value }),
      (error: unknown) => {
        assert.ok(error instanceof GlassboxError);
        record.outcomes.push({ code: error.code });
      },
    );
  }

  private settleJob(how: 'finish' | 'fail', pick: number): void {
    if (this.jobs.length === 0) return;
    const [job] = this.jobs.splice(pick % this.jobs.length, 1);
    if (how === 'finish') job!.resolve(job!.n * 2);
    else job!.reject(new GlassboxError('bad-input', `job ${job!.n}`));
  }

  /** Delivers everything and finishes every job until nothing moves. */
  async drain(): Promise<void> {
    for (let idle = 0; idle < 3;) {
      const moved = [this.wire.deliver(0), this.wire.deliver(1), this.jobs.length > 0];
      while (this.jobs.length > 0) this.settleJob('finish', 0);
      await turn();
      idle = moved.includes(true) ? 0 : idle + 1;
    }
  }
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

describe('channel: every interleaving', () => {
  it('settles every call exactly once, with the right outcome', async () => {
    let answered = 0;
    let cancelled = 0;
    let lost = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async actions => {
        const world = new World();
        for (const next of actions) await world.step(next);
        await world.drain();
        await world.caller.quiet();
        for (const [n, call] of world.calls.entries()) {
          assert.equal(call.outcomes.length, 1, `call ${n} settled ${call.outcomes.length} times`);
          const { value, code } = call.outcomes[0]!;
          if (call.abortedBefore && !world.disposed && !world.reloaded) {
            assert.equal(code, 'cancelled');
          }
          if (value !== undefined) {
            answered++;
            assert.equal(value, n * 2);
          } else if (code === 'cancelled') {
            cancelled++;
            assert.ok(call.abort.signal.aborted);
          } else if (code === 'engine-lost') {
            lost++;
            assert.ok(world.disposed || world.reloaded);
          } else assert.equal(code, 'bad-input');
        }
      }),
      { numRuns: 800, timeout: 2000 },
    );
    assert.ok(answered > 50 && cancelled > 50 && lost > 50, `${answered} ${cancelled} ${lost}`);
  });
});
