/** Cutting the text: properties over any offsets, and the shapes that real tokenizers give. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Token } from '../../src/protocol';
import { segmentText } from '../../webview/segments';

const token = (start: number, end: number, more: Partial<Token> = {}): Token => ({
  field: 0,
  text: 't',
  start,
  end,
  special: false,
  unknown: false,
  word: null,
  ...more,
});

/** Text with blanks, marks, emoji, control characters and halves of surrogate pairs. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        '\n',
        '\t',
        '\u0301',
        '\u200d',
        '\ufe0f',
        '\0',
        '\ud83d',
        '👩‍🚀',
        'é',
        '映',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    { maxLength: 20 },
  )
  .map(parts => parts.join(''));

const anyToken = fc
  .record({
    start: fc.integer({ min: -2, max: 50 }),
    length: fc.integer({ min: -1, max: 8 }),
    special: fc.boolean(),
    word: fc.option(fc.nat(3)),
  })
  .map(({ start, length, special, word }) => token(start, start + length, { special, word }));

describe('segments: any text, any offsets', () => {
  it('loses and doubles no character', () => {
    fc.assert(
      fc.property(anyText, fc.array(anyToken, { maxLength: 15 }), (text, tokens) => {
        const { segments } = segmentText(text, tokens);
        assert.equal(segments.map(segment => segment.text).join(''), text);
        let at = 0;
        for (const segment of segments) {
          assert.equal(segment.start, at);
          assert.notEqual(segment.text, '');
          at += segment.text.length;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('shows every token exactly once, in the text or apart', () => {
    fc.assert(
      fc.property(anyText, fc.array(anyToken, { maxLength: 15 }), (text, tokens) => {
        const { segments, apart } = segmentText(text, tokens);
        const shown = [...segments.flatMap(segment => segment.units), ...apart];
        assert.deepEqual(
          shown.sort((a, b) => a - b),
          tokens.map((_, i) => i),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('never puts two stretches without tokens side by side, nor tokens into one', () => {
    fc.assert(
      fc.property(anyText, fc.array(anyToken, { maxLength: 15 }), (text, tokens) => {
        const { segments } = segmentText(text, tokens);
        segments.forEach((segment, i) => {
          assert.equal(segment.kind === 'token', segment.units.length > 0);
          if (segment.kind === 'token') return;
          const next = segments[i + 1];
          assert.ok(next === undefined || next.kind === 'token');
        });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('segments: what tokenizers do', () => {
  const cut = (text: string, tokens: Token[]) =>
    segmentText(text, tokens).segments.map(({ kind, text: own, units: at }) => [
      kind,
      own,
      at.join('+'),
    ]);

  it('joins the subwords of a word and keeps the blanks between words', () => {
    const text = 'un flinch.';
    const words = [
      token(3, 5, { word: 1 }),
      token(5, 9, { word: 1 }),
      token(0, 2, { word: 0 }),
      token(9, 10, { word: 2 }),
    ];
    const { segments } = segmentText(text, words);
    assert.deepEqual(
      segments.map(segment => [segment.text, segment.joinsPrevious, segment.joinsNext]),
      [
        ['un', false, false],
        [' ', false, false],
        ['fl', false, true],
        ['inch', true, false],
        ['.', false, false],
      ],
    );
  });

  it('merges the byte tokens of one character', () => {
    const text = 'a 🤖 b';
    assert.deepEqual(cut(text, [token(0, 1), token(2, 4), token(2, 4), token(2, 4), token(5, 6)]), [
      ['token', 'a', '0'],
      ['gap', ' ', ''],
      ['token', '🤖', '1+2+3'],
      ['gap', ' ', ''],
      ['token', 'b', '4'],
    ]);
  });

  it('leaves the blank before a word out of a token that claims it, but not a token of blanks', () => {
    assert.deepEqual(cut('good film\n\n', [token(0, 4), token(4, 9), token(9, 11)]), [
      ['token', 'good', '0'],
      ['gap', ' ', ''],
      ['token', 'film', '1'],
      ['token', '\n\n', '2'],
    ]);
  });

  it('gives an overlap to the first token', () => {
    assert.deepEqual(cut('abcdef', [token(0, 4), token(2, 6), token(1, 3)]), [
      ['token', 'abcd', '0+2'],
      ['token', 'ef', '1'],
    ]);
  });

  it('tells text that the model did not see from blanks', () => {
    assert.deepEqual(cut('  one two three ', [token(2, 5)]), [
      ['gap', '  ', ''],
      ['token', 'one', '0'],
      ['unseen', ' two three ', ''],
    ]);
    assert.deepEqual(cut('a\0\u200b b', [token(0, 1), token(4, 5)])[1], ['gap', '\0\u200b ', '']);
  });

  it('keeps a combining mark with its letter when the tokenizer dropped it', () => {
    assert.deepEqual(cut('cafe\u0301 au', [token(0, 4), token(6, 8)])[0], [
      'token',
      'cafe\u0301',
      '0',
    ]);
  });

  it('puts special tokens, and others without characters, apart', () => {
    const special = token(0, 0, { special: true });
    const { segments, apart } = segmentText('ab', [special, token(0, 2), token(2, 2), special]);
    assert.deepEqual(apart, [0, 2, 3]);
    assert.equal(segments.length, 1);
  });

  it('shows a text without tokens as not seen, and an empty text as nothing', () => {
    assert.deepEqual(cut('abc', []), [['unseen', 'abc', '']]);
    assert.deepEqual(cut('', [token(0, 0)]), []);
  });
});
