import assert from 'node:assert/strict';
import { SerialQueue } from '../../../src/engine/serialQueue';

describe('serial queue', () => {
  it('runs one task at a time, in order, whatever becomes of each', async () => {
    const queue = new SerialQueue();
    const order: string[] = [];
    const task = (name: string, fails: boolean) => async () => {
      order.push(`${name} starts`);
      await Promise.resolve();
      order.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
    const results = await Promise.allSettled([
      queue.run(task('a', false)),
      queue.run(task('b', true)),
      queue.run(task('c', false)),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    const expected = ['a', 'b', 'c'].flatMap(name => [`${name} starts`, `${name} ends`]);
    assert.deepEqual(order, expected);
  });

  it('a task that throws before it has made a promise blocks nobody', async () => {
    const queue = new SerialQueue();
    const throwing = queue.run((): Promise<never> => {
      throw new Error('at once');
    });
    await assert.rejects(throwing, /at once/);
    assert.equal(await queue.run(() => Promise.resolve('next')), 'next');
  });

  it('a cancelled task never starts, and lets the next one start', async () => {
    const queue = new SerialQueue();
    const stop = new AbortController();
    let release = (): void => undefined;
    const first = queue.run(() => new Promise<void>(resolve => (release = resolve)));
    const second = queue.run(() => Promise.reject(new Error('it started')), stop.signal);
    const third = queue.run(() => Promise.resolve('third'));
    stop.abort();
    await assert.rejects(second, { code: 'cancelled' });
    release();
    await first;
    assert.equal(await third, 'third');
  });
});
