/** Windows over long texts: nothing is lost, nothing is too long, the frame stands in each. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mostWindows, windowsOf } from '../../../src/model/windows';
import type { Token } from '../../../src/protocol/explanation';
import type { Encoding } from '../../../src/runtime/tokenizer';

/** [CLS] first [SEP], and second [SEP] where there is a second text. */
function encoding(first: number, second: number | null): Encoding {
  const token = (special: boolean, field: 0 | 1): Token => ({
    text: '',
    field,
    start: 0,
    end: 0,
    special,
    unknown: false,
    word: null,
  });
  const text = (length: number, field: 0 | 1) => Array.from({ length }, () => token(false, field));
  const tokens = [token(true, 0), ...text(first, 0), token(true, 0)];
  if (second !== null) tokens.push(...text(second, 1), token(true, 1));
  return { ids: tokens.map((_, i) => i), typeIds: tokens.map(() => 0), tokens };
}

const windows = { mode: 'windows', overlap: null, slides: null } as const;

describe('windowsOf', () => {
  it('covers every token, in order, each window within the limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 900 }),
        fc.option(fc.integer({ min: 0, max: 900 })),
        fc.integer({ min: 48, max: 128 }),
        fc.option(fc.integer({ min: 0, max: 20 })),
        (first, second, maxTokens, overlap) => {
          // The shorter text may be cut where both are long; one of them is short here.
          const other = second === null ? null : Math.min(second, 20);
          const read = encoding(first, other);
          const found = windowsOf(read, { ...windows, maxTokens, overlap });
          for (const { row, tokens } of found) {
            assert.ok(row.ids.length <= maxTokens);
            assert.deepEqual(row.ids, tokens);
            assert.deepEqual(
              [...tokens].sort((a, b) => a - b),
              tokens,
            );
            const frame = read.ids.filter(id => read.tokens[id]!.special);
            assert.ok(frame.every(id => tokens.includes(id)));
          }
          const covered = new Set(found.flatMap(({ tokens }) => tokens));
          if (found.length < mostWindows) assert.equal(covered.size, read.ids.length);
        },
      ),
    );
  });

  it('shares as many tokens between neighbours as is asked, a quarter by default', () => {
    const read = encoding(300, null);
    const starts = (overlap: number | null): number[] =>
      windowsOf(read, { ...windows, maxTokens: 102, overlap }).map(({ tokens }) => tokens[1]!);
    assert.deepEqual(starts(null), [1, 76, 151, 201]);
    assert.deepEqual(starts(0), [1, 101, 201]);
    assert.deepEqual(starts(50), [1, 51, 101, 151, 201]);
  });

  it("reads the beginning only where that is asked, and slides over an answer's context", () => {
    const read = encoding(10, 300);
    const start = windowsOf(read, { ...windows, mode: 'start', maxTokens: 64 });
    assert.equal(start.length, 1);
    assert.deepEqual(start[0]!.tokens.slice(0, 12), [...Array(12).keys()]);
    const long = encoding(300, 40);
    const context = windowsOf(long, { ...windows, maxTokens: 64, slides: 1 });
    // The question is cut for the context's sake.
    assert.ok(
      context.every(({ tokens }) => tokens.filter(id => long.tokens[id]!.field === 1).length > 1),
    );
    assert.ok(context.every(({ row }) => row.ids.length <= 64));
  });

  it('is one window where everything fits', () => {
    const read = encoding(20, 20);
    assert.deepEqual(
      windowsOf(read, { ...windows, maxTokens: 64 }).map(({ tokens }) => tokens),
      [read.ids],
    );
  });
});
