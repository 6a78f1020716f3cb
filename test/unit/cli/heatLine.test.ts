import assert from 'node:assert/strict';
import { createColors } from 'picocolors';
import { printable } from '../../../src/batch/printable';
import type { Shown } from '../../../src/cli/heatLine';
import { heatLine, specialTokens } from '../../../src/cli/heatLine';
import type { Token } from '../../../src/protocol/explanation';

const plain = createColors(false);

/** An explanation of tokens [start, end, score]; start = end makes a special one. */
function explained(tokens: [number, number, number][], signed = true): Shown {
  return {
    tokens: tokens.map(([start, end], i): Token => ({
      field: 0,
      text: `t${i}`,
      start,
      end,
      special: start === end,
      unknown: false,
      word: null,
    })),
    scores: tokens.map(([, , score]) => score),
    signed,
    words: [],
    unseen: [],
  };
}

function unseen(start: number) {
  return { field: 0 as const, start, end: start + 4 };
}

describe('heat line', () => {
  const text = 'not a  good film';

  it('marks by share of the largest score and by sign, and keeps the spacing', () => {
    const told = explained([
      [0, 3, -1],
      [4, 5, 0.1],
      [7, 11, 0.5],
      [12, 16, 0.2],
    ]);
    assert.equal(heatLine(text, told, plain), '[not ---] a  [good ++] [film +]');
  });

  it('measures shares by the largest of all, whatever the normalisation', () => {
    const told = explained([
      [0, 3, 0.02],
      [7, 11, 0.01],
      [12, 16, 0.001],
    ]);
    assert.equal(heatLine(text, told, plain), '[not +++] a  [good ++] film');
  });

  it('gives magnitudes stars', () => {
    const told = explained(
      [
        [0, 3, 1],
        [7, 11, 0.5],
      ],
      false,
    );
    assert.equal(heatLine(text, told, plain), '[not ***] a  [good **] film');
  });

  it('joins the pieces of a word that weigh alike, and adds up tokens of one place', () => {
    assert.equal(
      heatLine(
        'charming',
        explained([
          [0, 5, 1],
          [5, 8, 0.9],
        ]),
        plain,
      ),
      '[charming +++]',
    );
    assert.equal(
      heatLine(
        'charming',
        explained([
          [0, 5, 1],
          [5, 8, -1],
        ]),
        plain,
      ),
      '[charm +++][ing ---]',
    );
    const bytes = explained([
      [0, 2, 0.2],
      [0, 2, 0.2],
      [0, 2, 0.4],
      [2, 3, 1],
    ]);
    assert.equal(heatLine('😀!', bytes, plain), '[😀! +++]');
  });

  it('an empty map has no marks', () => {
    assert.equal(
      heatLine(
        text,
        explained([
          [0, 3, 0],
          [4, 5, 0],
        ]),
        plain,
      ),
      text,
    );
  });

  it('marks what was not seen, wherever it stands', () => {
    const told: Shown = { ...explained([[6, 9, 1]]), unseen: [0, 12].map(start => unseen(start)) };
    assert.equal(
      heatLine('seen? yes it was', told, plain),
      '[not seen: seen]? [yes +++] it[not seen:  was]',
    );
    const long: Shown = {
      ...explained([]),
      unseen: [{ field: 0, start: 0, end: 250 }],
    };
    const line = heatLine('x'.repeat(250), long, plain);
    assert.equal(line, `[not seen: ${'x'.repeat(200)}... (50 characters more)]`);
  });

  it('shows each text of a pair with its own tokens, on one scale', () => {
    const { tokens, ...rest } = explained([
      [0, 3, 0.5],
      [0, 3, -1],
    ]);
    const told: Shown = {
      ...rest,
      tokens: tokens.map((token, i) => ({ ...token, field: i === 0 ? 0 : 1 })),
      unseen: [{ field: 1, start: 4, end: 7 }],
    };
    assert.equal(heatLine('one two', told, plain), '[one ++] two');
    assert.equal(heatLine('six ten', told, plain, { field: 1 }), '[six ---] [not seen: ten]');
  });

  it('marks words by their own scores, from their first piece to their last', () => {
    const told: Shown = {
      ...explained([
        [0, 0, 9],
        [0, 5, 1],
        [5, 8, -1],
        [9, 12, 0.5],
      ]),
      words: [
        { tokens: [1, 2], score: 0.1, attribution: 0 },
        { tokens: [3], score: -1, attribution: 0 },
        { tokens: [], score: 1, attribution: 0 },
      ],
    };
    assert.equal(heatLine('charming not', told, plain), 'charming [not ---]');
  });

  it('colour comes on top of the marks', () => {
    const line = heatLine(
      text,
      explained([
        [0, 3, -1],
        [7, 11, 1],
      ]),
      createColors(true),
    );
    assert.ok(line.includes('\u001b[41m') && line.includes('\u001b[46m'));
    assert.ok(line.includes('[not ---]') && line.includes('[good +++]'));
  });

  it('special tokens stand apart', () => {
    const told = explained([
      [0, 0, 0.5],
      [0, 3, 1],
      [0, 0, -0.25],
    ]);
    assert.equal(specialTokens(told), 't0 0.50  t2 -0.25');
  });

  it('control characters become visible', () => {
    assert.equal(printable('a\u001b[2J\r\n\u0000\u009b'), 'a␛[2J␍␊␀\ufffd');
    assert.equal(printable('\u202elive\u2069 \u0627\u200f'), '\ufffdlive\ufffd \u0627\u200f');
  });
});
