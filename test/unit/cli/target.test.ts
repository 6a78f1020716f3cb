import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseTarget } from '../../../src/cli/target';
import { GlassboxError } from '../../../src/protocol/messages';

describe('FILE:LINE', () => {
  const good: [string, string, number][] = [
    ['reviews.jsonl:17', 'reviews.jsonl', 17],
    ['./a b/reviews.csv:1', './a b/reviews.csv', 1],
    ['C:\\data\\reviews.jsonl:3', 'C:\\data\\reviews.jsonl', 3],
    ['C:/data/12:30/reviews.jsonl:3', 'C:/data/12:30/reviews.jsonl', 3],
    ['a:3:5', 'a:3', 5],
    ['\\\\server\\share\\x.txt:900000', '\\\\server\\share\\x.txt', 900000],
  ];
  for (const [text, file, line] of good) {
    it(text, () => {
      assert.deepEqual(parseTarget(text), { file, line });
    });
  }

  for (const text of [
    '',
    'reviews.jsonl',
    'C:\\reviews.jsonl',
    ':3',
    'a:',
    'a:x',
    'a:-1',
    'a:1.5',
  ]) {
    it(`refuses "${text}"`, () => {
      assert.throws(
        () => parseTarget(text),
        (error: unknown) => error instanceof GlassboxError && error.message.includes('FILE:LINE'),
      );
    });
  }

  it('counts lines from 1', () => {
    assert.throws(() => parseTarget('a.txt:0'), /lines are counted from 1/);
    assert.throws(() => parseTarget(`a.txt:${'9'.repeat(30)}`), GlassboxError);
  });

  it('any path and any line', () => {
    const path = fc.string({ minLength: 1, unit: 'binary' });
    fc.assert(
      fc.property(path, fc.integer({ min: 1 }), (file, line) => {
        assert.deepEqual(parseTarget(`${file}:${line}`), { file, line });
      }),
    );
  });
});
