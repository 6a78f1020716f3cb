import assert from 'node:assert/strict';
import fc from 'fast-check';
import { movedLine } from '../../../src/host/heatmap/movedLine';

const edit = (from: [number, number], to: [number, number], text: string) => ({
  range: {
    start: { line: from[0], character: from[1] },
    end: { line: to[0], character: to[1] },
  },
  text,
});

describe('host: a line followed through edits', () => {
  it('moves down and up with lines above it', () => {
    assert.equal(movedLine(5, [edit([2, 0], [2, 0], 'new\n')]), 6);
    assert.equal(movedLine(5, [edit([2, 0], [4, 0], '')]), 3);
    assert.equal(movedLine(5, [edit([5, 0], [5, 0], 'a\r\nb\r\n')]), 7);
  });

  it('stays where it is for edits in it and below it', () => {
    assert.equal(movedLine(5, [edit([5, 3], [5, 4], 'x')]), 5);
    assert.equal(movedLine(5, [edit([5, 3], [5, 3], '\n')]), 5);
    assert.equal(movedLine(5, [edit([6, 0], [9, 0], '')]), 5);
  });

  it('ends up behind the text that replaced its beginning', () => {
    assert.equal(movedLine(5, [edit([3, 2], [5, 4], 'one\ntwo')]), 4);
  });

  it('finds a marked line again in a document that was edited at random elsewhere', () => {
    const anyEdit = fc.record({
      at: fc.nat(9),
      removed: fc.nat(3),
      added: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.nat(9), fc.array(anyEdit, { maxLength: 6 }), (marked, edits) => {
        let lines = Array.from({ length: 10 }, (_, i) => (i === marked ? 'MARK' : `line ${i}`));
        let line = marked;
        for (const { at, removed, added } of edits) {
          const first = Math.min(at, lines.length - 1);
          const last = Math.min(first + removed, lines.length - 1);
          const touches = lines.slice(first, last).includes('MARK');
          if (touches) continue;
          const text = 'new\n'.repeat(added);
          line = movedLine(line, [edit([first, 0], [last, 0], text)]);
          const fresh = Array.from({ length: added }, () => 'new');
          lines = [...lines.slice(0, first), ...fresh, ...lines.slice(last)];
        }
        assert.equal(lines[line], 'MARK');
      }),
    );
  });
});
