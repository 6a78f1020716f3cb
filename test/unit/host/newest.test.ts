/** One run at a time: who was replaced knows it, and who ends late ends nobody else. */
import assert from 'node:assert/strict';
import { Newest } from '../../../src/host/newest';

describe('host: the newest run wins', () => {
  it('cancels the one before, which is the newest no more and ends nothing when it ends', () => {
    const runs = new Newest();
    assert.equal(runs.isRunning, false);
    const first = runs.begin();
    assert.deepEqual([runs.isRunning, runs.is(first), first.signal.aborted], [true, true, false]);
    const second = runs.begin();
    assert.deepEqual([runs.is(first), first.signal.aborted], [false, true]);
    assert.deepEqual([runs.is(second), second.signal.aborted], [true, false]);
    runs.end(first);
    assert.ok(runs.is(second) && runs.isRunning);
    runs.end(second);
    assert.deepEqual([runs.isRunning, second.signal.aborted], [false, false]);
  });

  it('that is cancelled still says how it ended; that is dropped does not', () => {
    const runs = new Newest();
    const cancelled = runs.begin();
    runs.cancel();
    assert.deepEqual([cancelled.signal.aborted, runs.is(cancelled)], [true, true]);
    runs.drop();
    assert.deepEqual([runs.is(cancelled), runs.isRunning], [false, false]);
  });
});
