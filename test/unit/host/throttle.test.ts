import assert from 'node:assert/strict';
import { Throttle } from '../../../src/host/lines/throttle';

describe('host: a table that is told while it grows', () => {
  it('is told as it is now, and once', () => {
    const told: number[] = [];
    const throttle = new Throttle<number>(value => told.push(value));
    throttle.flush();
    for (const value of [1, 2, 3]) throttle.offer(value, 1);
    assert.deepEqual(told, []);
    throttle.flush();
    throttle.flush();
    assert.deepEqual(told, [3]);
  });

  it('is told by itself after a while', async () => {
    const value = await new Promise(resolve => {
      const throttle = new Throttle<number>(resolve);
      throttle.offer(1, 10);
      throttle.offer(2, 10);
    });
    assert.equal(value, 2);
  });
});
