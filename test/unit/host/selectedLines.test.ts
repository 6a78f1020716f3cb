import assert from 'node:assert/strict';
import { selectedLines } from '../../../src/host/lines/selectedLines';

const range = (from: [number, number], to: [number, number]) => ({
  start: { line: from[0], character: from[1] },
  end: { line: to[0], character: to[1] },
});

describe('host: lines that are selected', () => {
  it('are all of which something is selected, each once, in order', () => {
    const selections = [range([7, 3], [9, 1]), range([2, 0], [2, 5]), range([9, 4], [10, 2])];
    assert.deepEqual(selectedLines(selections), [2, 7, 8, 9, 10]);
  });

  it('leave out the line before whose first character the selection ends', () => {
    assert.deepEqual(selectedLines([range([3, 0], [5, 0])]), [3, 4]);
    assert.deepEqual(selectedLines([range([3, 7], [4, 0])]), [3]);
  });

  it('are none where there is only a cursor', () => {
    assert.equal(selectedLines([range([3, 7], [3, 7]), range([0, 0], [0, 0])]), null);
    assert.equal(selectedLines([]), null);
  });
});
