import assert from 'node:assert/strict';
import type { WalkKey } from '../../webview/walk';
import { stepFrom, walkKeyOf } from '../../webview/walk';

/** Three lines of four, four and two stops; boxes of a line differ by a few pixels. */
const places = [0, 1, 2, 3, 0, 1, 2, 3, 0, 1].map((column, i) => ({
  middle: column * 40 + 10,
  top: Math.floor(i / 4) * 30 + (i % 2) * 3,
}));
const step = (key: WalkKey, at: number, rightToLeft = false) =>
  stepFrom(key, at, places.length, rightToLeft, stop => places[stop]!);

describe('walking over the map', () => {
  it('goes to the neighbours, and stays at the ends', () => {
    assert.equal(step('right', 4), 5);
    assert.equal(step('left', 4), 3);
    assert.equal(step('left', 0), 0);
    assert.equal(step('right', 9), 9);
    assert.equal(step('first', 5), 0);
    assert.equal(step('last', 5), 9);
  });

  it('follows the direction of the text', () => {
    assert.equal(step('left', 4, true), 5);
    assert.equal(step('right', 4, true), 3);
  });

  it('goes up and down to the nearest of the next line', () => {
    assert.equal(step('down', 2), 6);
    assert.equal(step('up', 6), 2);
    assert.equal(step('down', 7), 9);
    assert.equal(step('up', 3), 3);
    assert.equal(step('down', 9), 9);
  });

  it('leaves keys of VS Code alone', () => {
    const plain = { altKey: false, metaKey: false, shiftKey: false, ctrlKey: false };
    assert.equal(walkKeyOf({ ...plain, key: 'ArrowLeft' }), 'left');
    assert.equal(walkKeyOf({ ...plain, key: 'Enter' }), 'act');
    assert.equal(walkKeyOf({ ...plain, key: 'a' }), null);
    assert.equal(walkKeyOf({ ...plain, key: 'Home', ctrlKey: true }), null);
  });
});
