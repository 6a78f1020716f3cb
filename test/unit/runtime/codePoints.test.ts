import assert from 'node:assert/strict';
import fc from 'fast-check';
import { utf16Offsets, wellFormed } from '../../../src/runtime/codePoints';

describe('utf16Offsets', () => {
  it('is the identity without astral characters', () => {
    const at = utf16Offsets('étoile 映画');
    assert.deepEqual([0, 3, 9].map(at), [0, 3, 9]);
    assert.equal(at(99), 9);
  });

  it('counts two units for an emoji', () => {
    const at = utf16Offsets('é😀😀 bad');
    assert.deepEqual([0, 1, 2, 3, 4, 7, 50].map(at), [0, 1, 3, 5, 6, 9, 9]);
  });

  it('agrees with the lengths of spread prefixes for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const points = Array.from(text);
        const at = utf16Offsets(text);
        points.forEach((_, i) => {
          assert.equal(at(i), points.slice(0, i).join('').length);
        });
        assert.equal(at(points.length), text.length);
      }),
    );
  });
});

describe('wellFormed', () => {
  it('replaces lone surrogates only, keeping the length', () => {
    assert.equal(wellFormed('a\ud83d😀\ude00'), 'a\ufffd😀\ufffd');
  });
});
