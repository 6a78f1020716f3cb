/**
 * A child process that speaks the engine's messages and misbehaves on demand: the text of an
 * explain request says how. Run by the tests of the client in place of the engine.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { processPort } from '../../src/engine/processPort';
import { SerialQueue } from '../../src/engine/serialQueue';
import { Channel } from '../../src/protocol/channel';
import type { HandlerContext, NoRequests } from '../../src/protocol/channelTypes';
import type { AttackResult } from '../../src/protocol/attack';
import type { EngineEvents, EngineRequests, EngineStatus } from '../../src/protocol/engineMessages';
import type { Explanation } from '../../src/protocol/explanation';
import { GlassboxError, protocolVersion } from '../../src/protocol/messages';

const kept: Buffer[] = [];
const queue = new SerialQueue();
let explained = 0;

process.on('disconnect', () => process.exit(0));
if (process.env['FAKE_START'] === 'exit') process.exit(7);
if (process.env['FAKE_START'] === 'never') setInterval(() => undefined, 1000);
else serve();

function serve(): void {
  const channel = new Channel<NoRequests, EngineRequests, EngineEvents>(processPort(process), {
    version: protocolVersion + Number(process.env['FAKE_VERSION'] ?? 0),
  });
  channel.handle('status', () => status());
  channel.handle('attack', ({ trace = '', text }) => {
    for (const says of [text, `${text} again`]) {
      channel.emit('attackTrace', { trace, result: { says } as AttackResult });
    }
    return { says: 'done' } as AttackResult;
  });
  channel.handle('explain', ({ text }, context) =>
    queue.run(async () => {
      await behave(text, context);
      explained++;
      channel.emit('status', status());
      return { modelName: text, device: String(process.pid) } as unknown as Explanation;
    }, context.signal),
  );
}

function status(): EngineStatus {
  return { pid: process.pid, memory: process.memoryUsage().rss, models: [], explained };
}

async function behave(text: string, { signal, progress }: HandlerContext): Promise<void> {
  const [what, amount] = text.split(' ');
  if (what === 'slow') {
    const total = Number(amount);
    for (let done = 1; done <= total; done++) {
      await sleep(5);
      if (signal.aborted) throw new GlassboxError('cancelled', 'Stopped between two slices.');
      progress({ done, total, says: 'working' });
    }
  } else if (what === 'stuck') {
    progress({ done: 0, total: 1, says: 'stuck now' });
    await sleep(20);
    const end = Date.now() + Number(amount);
    while (Date.now() < end);
  } else if (what === 'grow') kept.push(Buffer.alloc(Number(amount) * 2 ** 20, 1));
  else if (what === 'abort') process.abort();
  else if (what === 'throw') {
    setImmediate(() => {
      throw new Error('nobody caught this');
    });
    await sleep(10_000);
  } else if (what === 'fail') throw new GlassboxError('bad-input', 'The text is empty.');
}
