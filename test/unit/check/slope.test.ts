/** Slopes from noisy values: near the truth, and honest about how near. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { slopeAtZero } from '../../../src/interpret/check/slope';

const distances = [0.25, 0.5, 0.75, 1];

function measure(f: (t: number) => number, width = 1) {
  const at = distances.map(d => d * width);
  return slopeAtZero(
    at,
    at.map(t => f(-t)),
    at.map(f),
  );
}

describe('slopeAtZero', () => {
  it('is exact for cubics, and says so', () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(number, number, number, number, (a, b, c, d) => {
        const { value, uncertainty } = measure(t => a + b * t + c * t * t + d * t ** 3);
        assert.ok(Math.abs(value - b) < 1e-9, `${value} is not ${b}`);
        assert.ok(uncertainty < 1e-9);
      }),
    );
  });

  it('covers what rounding to float32 and higher derivatives do', () => {
    const cases: [string, (t: number) => number, number][] = [
      ['exp', Math.exp, 1],
      ['sin', t => Math.sin(2 * t), 2],
      ['a logit with rounding', t => Math.fround(3 + Math.tanh(0.7 * t)), 0.7],
      ['a flat line with rounding', t => Math.fround(5 + 1e-5 * t), 1e-5],
    ];
    for (const [what, f, truth] of cases) {
      for (const width of [0.3, 0.1, 0.02, 0.004]) {
        const { value, uncertainty } = measure(f, width);
        const off = Math.abs(value - truth);
        // Rounding errors of few points may cancel in the rest; the caller adds those of the derivative.
        assert.ok(off <= uncertainty + 1e-4, `${what}, ${width}: ${off} > ${uncertainty}`);
      }
    }
  });

  it('is uncertain at a kink', () => {
    const { uncertainty } = measure(t => Math.max(t - 0.6, 0));
    assert.ok(uncertainty > 0.1);
  });
});
