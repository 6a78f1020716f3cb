import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatCount,
  formatProbability,
  formatRaw,
  formatScore,
  formatRate,
  formatShare,
} from '../../webview/numbers';

describe('numbers as they are written', () => {
  it('scores have a sign only where signs mean something', () => {
    assert.equal(formatScore(0.4249, true), '+0.42');
    assert.equal(formatScore(-1, true), '\u22121.00');
    assert.equal(formatScore(-0.001, true), '0.00');
    assert.equal(formatScore(0.4249, false), '0.42');
    assert.equal(formatScore(Number.NaN, true), 'not a number');
  });

  it('raw numbers keep three digits at any order of magnitude', () => {
    assert.equal(formatRaw(0.0132499, true), '+0.0132');
    assert.equal(formatRaw(-1234.5, true), '\u22121230');
    assert.equal(formatRaw(-1.2345e-7, true), '\u22121.23e\u22127');
    assert.equal(formatRaw(1.2345e9, false), '1.23e9');
    assert.equal(formatRaw(0, true), '0');
    assert.equal(formatRaw(Infinity, true), 'not a number');
  });

  it('raw numbers read back to within a part in 100', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e300, max: 1e300, noNaN: true }).filter(x => Math.abs(x) > 1e-300),
        x => {
          const read = Number(formatRaw(x, true).replaceAll('\u2212', '-'));
          assert.ok(Math.abs(read - x) <= 0.01 * Math.abs(x), `${x} -> ${read}`);
        },
      ),
    );
  });

  it('a probability is never rounded to certainty', () => {
    assert.equal(formatProbability(0.9283), '0.93');
    assert.equal(formatProbability(0.9999), '>0.99');
    assert.equal(formatProbability(1e-9), '<0.01');
    assert.equal(formatProbability(1), '1.00');
    assert.equal(formatProbability(0), '0.00');
    assert.equal(formatProbability(Number.NaN), 'not a number');
  });

  it('shares and counts', () => {
    assert.equal(formatShare(0.1249), '12 %');
    assert.equal(formatShare(0.0001), '<1 %');
    assert.equal(formatShare(0), '0 %');
    assert.equal(formatShare(199 / 200), '>99 %');
    assert.equal(formatShare(1), '100 %');
    assert.equal(formatRate(181 / 200), '90.5 %');
    assert.equal(formatRate(0.9999), '>99.9 %');
    assert.equal(formatRate(0.0001), '<0.1 %');
    assert.equal(formatRate(1), '100.0 %');
    assert.equal(formatCount(1234567), '1,234,567');
  });
});
