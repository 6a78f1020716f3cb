import assert from 'node:assert/strict';
import fc from 'fast-check';
import { placePieces, wrapSentence } from '../../webview/pictures/pictureLayout';
import { saliencyMap } from '../../webview/tokenFacts';
import { stateOf, truncated, wordPieces } from './support/samples';

/** Every character is one unit wide. */
const measure = (text: string) => text.length;
const piecesOf = (text: string, pieces: string[]) => {
  const tokens = wordPieces(text, pieces);
  const state = stateOf(
    text,
    tokens,
    tokens.map(() => 0.5),
  );
  return saliencyMap(state.record, state.explanation).fields[0]!.pieces;
};

describe('setting the picture in lines', () => {
  it('keeps words whole, breaks at blanks and at line breaks', () => {
    const { placed, lines } = placePieces(
      piecesOf('the unread\nbook ends', ['the', 'un', '##read', 'book', 'ends']),
      9,
      measure,
    );
    assert.deepEqual(
      placed.map(({ text, x, line }) => [text, x, line]),
      [
        ['the', 0, 0],
        ['un', 0, 1],
        ['read', 2, 1],
        ['book', 0, 2],
        ['ends', 5, 2],
      ],
    );
    assert.equal(lines, 3);
  });

  it('breaks between tokens where a line has no blanks', () => {
    const { placed } = placePieces(
      piecesOf('映画は良い', ['映', '画', 'は', '良', 'い']),
      3,
      measure,
    );
    assert.deepEqual(
      placed.map(({ x, line }) => [x, line]),
      [
        [0, 0],
        [1, 0],
        [2, 0],
        [0, 1],
        [1, 1],
      ],
    );
  });

  it('never leaves the line, unless one token alone is wider', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(words, fc.integer({ min: 6, max: 20 }), (all, width) => {
        const { placed } = placePieces(piecesOf(all.join(' '), all), width, measure);
        assert.equal(placed.map(({ text }) => text).join(''), all.join(''));
        for (const { x, width: own } of placed) assert.ok(x + own <= width);
      }),
    );
  });

  it('shows the beginning only of a long text that the model did not see', () => {
    const { pieces } = saliencyMap(truncated.record, truncated.explanation).fields[0]!;
    const unseen = placePieces(pieces, 60, measure).placed.filter(({ facts }) => !facts);
    const shown = unseen.map(({ text }) => text).join('');
    assert.ok(shown.startsWith('Itgoes'));
    assert.ok(shown.endsWith('\u2026'));
    assert.ok(shown.length <= 241);
  });

  it('wraps sentences', () => {
    assert.deepEqual(wrapSentence('one two three', 8, measure), ['one two', 'three']);
    assert.deepEqual(wrapSentence('incomprehensible', 8, measure), ['incomprehensible']);
  });
});
