import assert from 'node:assert/strict';
import fc from 'fast-check';
import { spanAt, spanOfToken, spansOf, strengthOf } from '../../../src/host/heatmap/spans';
import type { FieldIndex, Token } from '../../../src/protocol';

function token(start: number, end: number, special = false, field: FieldIndex = 0): Token {
  return { field, text: 't', start, end, special, unknown: false, word: null };
}

function spans(text: string, tokens: Token[], scores: number[]) {
  return spansOf(
    { tokens, scores, attributions: scores.map(score => 10 * score), words: [] },
    text,
  );
}

describe('host: spans of a heatmap', () => {
  it('leaves special tokens out', () => {
    const found = spans('a b', [token(0, 0, true), token(0, 1), token(2, 3)], [1, 0.5, -0.25]);
    assert.deepEqual(
      found.map(({ start, end, tokens }) => ({ start, end, tokens })),
      [
        { start: 0, end: 1, tokens: [1] },
        { start: 2, end: 3, tokens: [2] },
      ],
    );
  });

  it('joins byte-level tokens that share their characters and adds their numbers', () => {
    const found = spans('é!', [token(0, 1), token(0, 1), token(1, 2)], [0.25, 0.5, -1]);
    assert.equal(found.length, 2);
    assert.deepEqual(found[0]!.tokens, [0, 1]);
    assert.equal(found[0]!.score, 0.75);
    assert.equal(found[0]!.attribution, 7.5);
    assert.equal(found[0]!.size, 0.75);
    assert.equal(found[1]!.size, 1);
  });

  it('leaves out the blank that a byte-level tokenizer counts to the word', () => {
    const [first, second] = spans('so good', [token(0, 2), token(2, 7)], [0, 1]);
    assert.deepEqual([first!.start, first!.end], [0, 2]);
    assert.deepEqual([second!.start, second!.end], [3, 7]);
  });

  it('finds the span of a token and of an offset, and none between spans', () => {
    const found = spans('ab cd', [token(0, 2), token(3, 5)], [1, 1]);
    assert.equal(spanOfToken(found, 1), found[1]);
    assert.equal(spanOfToken(found, 7), null);
    assert.equal(spanAt(found, 0, 1), found[0]);
    assert.equal(spanAt(found, 0, 2), null);
    assert.equal(spanAt(found, 0, 3), found[1]);
    assert.equal(spanAt(found, 0, 5), null);
  });

  it('of a pair stand in the text of their field, on one scale', () => {
    const tokens = [token(0, 2), token(0, 0, true), token(0, 3, false, 1), token(3, 6, false, 1)];
    const scores = [0.5, 9, -1, 0.25];
    const found = spansOf({ tokens, scores, attributions: scores, words: [] }, 'so', 'bad  b');
    assert.deepEqual(
      found.map(({ field, start, end, size }) => [field, start, end, size]),
      [
        [0, 0, 2, 0.5],
        [1, 0, 3, 1],
        [1, 5, 6, 0.25],
      ],
    );
    assert.equal(spanAt(found, 1, 1), found[1]);
    assert.equal(spanAt(found, 0, 1), found[0]);
    assert.equal(spanOfToken(found, 2), found[1]);
  });

  it('are those of the words where these have scores', () => {
    const tokens = [token(0, 2), token(2, 5), token(6, 7)];
    const words = [
      { tokens: [0, 1], score: 0.8, attribution: 3 },
      { tokens: [2], score: -1, attribution: -4 },
    ];
    const found = spansOf({ tokens, scores: [1, 1, 1], attributions: [1, 1, 1], words }, 'unfit .');
    assert.deepEqual(
      found.map(({ start, end, tokens: own, score, attribution }) => [
        start,
        end,
        own,
        score,
        attribution,
      ]),
      [
        [0, 5, [0, 1], 0.8, 3],
        [6, 7, [2], -1, -4],
      ],
    );
  });

  it('grades from nothing to the strongest, and nothing for what is no number', () => {
    const grades = [0, 0.04, 0.05, 0.2, 0.21, 0.8, 0.81, 1].map(size => strengthOf({ size }));
    assert.deepEqual(grades, [0, 0, 1, 1, 2, 4, 5, 5]);
    assert.equal(strengthOf({ size: Number.NaN }), 0);
    const [bad, good] = spans('a b', [token(0, 1), token(2, 3)], [Number.NaN, 0.5]);
    assert.equal(bad!.size, 0);
    assert.equal(good!.size, 1);
  });

  it('never overlaps, stays in the text and keeps every placed token once', () => {
    const anyTokens = fc.array(fc.tuple(fc.nat(20), fc.nat(6)), { maxLength: 12 });
    fc.assert(
      fc.property(anyTokens, places => {
        const text = 'ab cd ef gh ij kl mn op qr';
        const tokens = places.map(([start, length]) => token(start, start + length));
        const found = spans(
          text,
          tokens,
          tokens.map(() => 0.1),
        );
        let cursor = 0;
        for (const { start, end } of found) {
          assert.ok(start >= cursor && end > start && end <= text.length);
          cursor = end;
        }
        const placed = tokens.flatMap(({ start, end }, i) => (end > start ? [i] : []));
        assert.deepEqual(
          found.flatMap(span => span.tokens).sort((a, b) => a - b),
          placed,
        );
      }),
    );
  });
});
