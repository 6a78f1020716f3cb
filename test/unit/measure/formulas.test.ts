/** Formulas of measures against cases by hand and brute force. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LabelCounts } from '../../../src/batch/evaluation/labelCounts';
import { areaUnder, macroF1Curve } from '../../../src/batch/measuring/maskingCurve';
import {
  bootstrapError,
  compare,
  standardDeviation,
} from '../../../src/batch/measuring/resampling';
import { Random } from '../../../src/interpret/random';
import { infidelity } from '../../../src/interpret/measure/infidelity';
import { auprc, iouF1, plausibility } from '../../../src/interpret/measure/plausibility';
import { agreement, kendall, strongestFirst } from '../../../src/interpret/measure/ranking';
import { toldVariance, varianceOverSeeds } from '../../../src/interpret/measure/seedVariance';
import { sensitivityMax } from '../../../src/interpret/measure/sensitivity';
import { editDistance } from '../../../src/interpret/measure/stability';
import { tauLoo } from '../../../src/interpret/measure/tauLoo';

const signed = (...values: number[]) => ({ values, signed: true });
const unsigned = (...values: number[]) => ({ values, signed: false });

function close(actual: number | null, expected: number, tolerance = 1e-12): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= tolerance,
    `${actual} is not ${expected}`,
  );
}

describe('measure: formulas', () => {
  it("Kendall's tau-b: by hand, with ties, undefined where constant", () => {
    assert.equal(kendall([1, 2, 3], [10, 20, 30]), 1);
    assert.equal(kendall([1, 2, 3], [3, 2, 1]), -1);
    // 5 of 6 pairs are not tied in x: 2 concordant, 3 discordant; all 6 in y.
    close(kendall([1, 2, 2, 3], [1, 3, 2, 0.5]), (2 - 3) / Math.sqrt(5 * 6));
    assert.equal(kendall([1, 1, 1], [1, 2, 3]), null);
    assert.equal(kendall([1, 2, 3], [7, 7, 7]), null);
    assert.equal(kendall([1], [2]), null);
  });

  it("Kendall's tau-b is the cosine of the signs of all ordered pairs", () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const n = Math.min(a.length, b.length);
        const signs = (of: number[]) =>
          Array.from({ length: n * n }, (_, k) => Math.sign(of[k % n]! - of[Math.floor(k / n)]!));
        const [x, y] = [signs(a), signs(b)];
        const dot = (p: number[], q: number[]) =>
          p.reduce((sum, value, i) => sum + value * q[i]!, 0);
        const expected = dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
        const found = kendall(a.slice(0, n), b.slice(0, n));
        if (Number.isFinite(expected)) close(found, expected);
        else assert.equal(found, null);
      }),
    );
  });

  it('the strongest are the largest; equal ones in the order of the text', () => {
    assert.deepEqual(strongestFirst(signed(-3, 1, 2, 1)), [2, 1, 3, 0]);
  });

  it('agreement: of magnitudes where one map has no sign; undefined where constant', () => {
    close(agreement(signed(-3, 1, 2), signed(-6, 2, 4)), 1);
    close(agreement(signed(-3, 1, 2), unsigned(3, 1, 2)), 1);
    close(agreement(signed(-3, 1, 2), signed(3, 1, 2)), -0.5);
    assert.equal(agreement(signed(1, 1, 1), signed(3, 1, 2)), null);
  });

  it('tau-LOO: unsigned maps against the sizes of the effects', () => {
    assert.equal(tauLoo(signed(-2, 0, 1), [-0.2, 0, 0.1]), 1);
    assert.equal(tauLoo(unsigned(2, 0, 1), [-0.2, 0, 0.1]), 1);
    assert.equal(tauLoo(signed(1, 2, 3), [0, 0, 0]), null);
  });

  it('infidelity: by hand; 0 for a map in any unit that foretells all; a map of zeros has the mean square', () => {
    const sets = [[0], [1], [0, 1]];
    close(infidelity(signed(1, 2), sets, [1, 2, 3]), 0);
    close(infidelity(signed(10, 20), sets, [1, 2, 3]), 0);
    close(infidelity(signed(0, 0), sets, [1, 2, 3]), 14 / 3);
    // The wrong way: beta is not negative.
    close(infidelity(signed(-1, -2), sets, [1, 2, 3]), 14 / 3);
    // I a = 1, 1, 2; beta = (1 + 2 + 6) / 6; errors 1.5 - 1, 1.5 - 2, 3 - 3.
    close(infidelity(signed(1, 1), sets, [1, 2, 3]), 0.5 / 3);
    assert.equal(infidelity(signed(), [], []), null);
  });

  it('plausibility: by hand', () => {
    const marked = [true, true, false, false, true];
    const found = plausibility(signed(0.9, 0.1, 0.8, 0, 0.7), marked)!;
    // Strongest three: 0, 2, 4.
    close(found.tokenF1, 2 / 3);
    // Stretches 0 | 2 | 4 against 0-1 | 4: precision 2 of 3, recall 2 of 2.
    close(found.iouF1, (2 * (2 / 3)) / (2 / 3 + 1));
    // In order of the scores: yes, no, yes, yes, no.
    const points = [
      [0, 1],
      [1 / 3, 1],
      [1 / 3, 1 / 2],
      [2 / 3, 2 / 3],
      [1, 3 / 4],
      [1, 3 / 5],
    ] as const;
    const area = points
      .slice(1)
      .reduce((sum, [r, p], i) => sum + ((r - points[i]![0]) * (p + points[i]![1])) / 2, 0);
    close(found.auprc, area);
    assert.equal(plausibility(signed(1, 2), [false, false]), null);
  });

  it('plausibility: what people marked itself is perfect; equal scores are one point', () => {
    const marked = [false, true, true, false];
    const found = plausibility(signed(...marked.map(Number)), marked);
    assert.deepEqual(found, { tokenF1: 1, iouF1: 1, auprc: 1 });
    // (0, 1) to (1, 1/2).
    close(auprc([5, 5, 5, 5], marked), 0.75);
    assert.equal(iouF1([true, false, false, false], [false, false, true, true]), 0);
    // Half of the union is enough.
    assert.equal(iouF1([true, false], [true, true]), 1);
  });

  it('sensitivity-max: the largest relative change', () => {
    close(
      sensitivityMax(
        [3, 4],
        [
          [3, 4],
          [3, 9],
          [0, 0],
        ],
      ),
      1,
    );
    assert.equal(sensitivityMax([3, 4], [[3, 4]]), 0);
    assert.equal(sensitivityMax([0, 0], [[1, 1]]), null);
    assert.equal(sensitivityMax([1], []), null);
  });

  it('stability: no distance of what is the same, in any unit; the largest of opposite maps', () => {
    const same = editDistance(
      'e',
      [
        [1, 2],
        [1, 2],
      ],
      [
        [0.5, 1],
        [0.5, 1],
      ],
    );
    assert.deepEqual(same, { edit: 'e', prediction: 0, attribution: 0 });
    const moved = editDistance(
      'e',
      [
        [1, 2],
        [-3, -6],
      ],
      [
        [0, 0],
        [3, 4],
      ],
    )!;
    close(moved.attribution, 2);
    assert.equal(moved.prediction, 5);
    assert.equal(
      editDistance(
        'e',
        [
          [0, 0],
          [1, 2],
        ],
        [[0], [0]],
      ),
      null,
    );
  });

  it('variance over seeds: by hand; none where all are the same; undefined of zeros', () => {
    // Standard deviations sqrt(2) and 0; mean magnitude 2.
    close(
      varianceOverSeeds([
        [1, 2],
        [3, 2],
      ]),
      Math.SQRT2 / 2 / 2,
    );
    assert.equal(
      varianceOverSeeds([
        [1, 2],
        [1, 2],
      ]),
      0,
    );
    assert.equal(
      varianceOverSeeds([
        [0, 0],
        [0, 0],
      ]),
      null,
    );
    close(toldVariance([1, 3], [4, -4]), 0.5);
    assert.equal(toldVariance([Infinity, 1], [1, 1]), null);
  });
});

describe('measure: numbers over a file', () => {
  it('macro-F1 at each share is that of an evaluation', () => {
    const label = fc.integer({ min: 0, max: 3 });
    const line = fc.record({ right: label, predicted: fc.tuple(label, label) });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), lines => {
        const found = macroF1Curve(lines, 4);
        [0, 1].forEach(share => {
          const counts = new LabelCounts([]);
          for (const { right, predicted } of lines) {
            counts.add([String(right)], [String(predicted[share])]);
          }
          close(found[share]!, counts.scores().macroF1!);
        });
      }),
    );
  });

  it('the area: 1 where nothing is lost, half of a straight fall', () => {
    assert.equal(areaUnder(new Array<number>(11).fill(1)), 1);
    close(areaUnder(Array.from({ length: 11 }, (_, i) => 1 - i / 10)), 0.5);
    close(areaUnder([1, 0, 0]), 0.25);
  });

  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

  it('bootstrap: of a mean it is the standard error', () => {
    const values = Array.from({ length: 60 }, (_, i) => Math.sin(i * i));
    const error = standardDeviation(values) / Math.sqrt(values.length);
    const found = bootstrapError(values, mean, 1000);
    assert.ok(Math.abs(found / error - 1) < 0.1, `${found} and ${error}`);
    assert.equal(bootstrapError([1], mean, 100), 0);
  });

  it('comparison: a steady difference is none of chance, in both directions; equals and few lines are', () => {
    const pairs = Array.from({ length: 20 }, (_, i) => [Math.cos(i) + 1, Math.cos(i)] as const);
    assert.equal(compare(pairs, mean, 'higher', 1000), 'better');
    assert.equal(compare(pairs, mean, 'lower', 1000), 'worse');
    assert.equal(compare(pairs.slice(0, 4), mean, 'higher', 1000), 'no better');
    assert.equal(
      compare(
        pairs.map(([a]) => [a, a] as const),
        mean,
        'higher',
        1000,
      ),
      'no better',
    );
    const noise = pairs.map(([a], i) => [a + (i % 2 ? 1 : -1), a] as const);
    assert.equal(compare(noise, mean, 'higher', 1000), 'no better');
    assert.equal(
      compare(pairs, () => null, 'higher', 10),
      null,
    );
  });

  it('comparison: p-values of equals are not too small', () => {
    let found = 0;
    const runs = 200;
    for (let run = 0; run < runs; run++) {
      const random = new Random(run);
      const pairs = Array.from({ length: 15 }, () => [random.next(), random.next()] as const);
      if (compare(pairs, mean, 'higher', 200) !== 'no better') found++;
    }
    // 5 % expected; 4 standard deviations above are 11 %.
    assert.ok(found / runs < 0.11, `${found} of ${runs}`);
  });
});
