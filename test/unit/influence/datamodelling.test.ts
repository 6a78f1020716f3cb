/** The measures of the studies: correlations, error bars, the linear datamodelling score. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  ceiling,
  linearDatamodellingScore,
  meanCorrelation,
  predictions,
} from '../../support/datamodelling';
import { normals, seededRandom } from '../../support/numbers';
import { ranks } from '../../../src/interpret/correlation';
import {
  bootstrap,
  mean,
  pearson,
  quantile,
  spearman,
  standardDeviation,
} from '../../support/statistics';

function close(actual: number, expected: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} instead of ${expected}`);
}

describe('correlations', () => {
  it('gives equal values the mean of their ranks', () => {
    assert.deepEqual([...ranks([30, 10, 20, 20, 5, 20])], [6, 2, 4, 4, 1, 4]);
  });

  it('agrees with values worked out by hand', () => {
    close(pearson([1, 2, 4], [1, 3, 2]), 1.0 / Math.sqrt((14 / 3) * 2));
    // Ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: covariance 4.5, variances 4.5 and 5.
    close(spearman([1, 2, 2, 3], [10, 30, 20, 40]), 4.5 / Math.sqrt(4.5 * 5));
    close(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]), Math.sqrt(32 / 7));
  });

  it('is 1 - 6 sum d^2 / (n (n^2 - 1)) without ties, whatever increasing function is applied', () => {
    const lists = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), {
      minLength: 3,
      maxLength: 30,
    });
    fc.assert(
      fc.property(lists, fc.integer(), (x, seed) => {
        const y = normals(seededRandom(seed), x.length);
        const [rx, ry] = [ranks(x), ranks(y)];
        const squares = rx.reduce((sum, rank, i) => sum + (rank - ry[i]!) ** 2, 0);
        const n = x.length;
        const expected = 1 - (6 * squares) / (n * (n * n - 1));
        close(spearman(x, y), expected, 1e-9);
        close(
          spearman(
            x.map(value => value ** 3),
            y.map(value => Math.exp(value)),
          ),
          expected,
          1e-9,
        );
      }),
    );
  });
});

describe('bootstrap', () => {
  it("has limits about a mean as the normal distribution's", () => {
    const sample = normals(seededRandom(3), 400);
    const found = bootstrap([400], ([drawn]) => mean(drawn!.map(at => sample[at]!)));
    const error = (1.96 * standardDeviation(sample)) / Math.sqrt(400);
    close(found.value, mean(sample));
    close(found.low, found.value - error, 0.15 * error);
    close(found.high, found.value + error, 0.15 * error);
  });

  it('has quantiles that lie between sorted values', () => {
    close(quantile([1, 2, 3, 4, 5], 0.5), 3);
    close(quantile([10, 20], 0.25), 12.5);
    close(quantile([7], 0.975), 7);
  });
});

describe('linear datamodelling score', () => {
  const [lines, count, tests] = [40, 50, 6];
  const random = seededRandom(8);
  const subsets = Array.from({ length: count }, () =>
    Array.from({ length: lines }, () => random() < 0.5),
  );
  const scores = new Map(
    Array.from({ length: tests }, (_, test) => [test, normals(random, lines)] as const),
  );
  /** Losses that fall by the scores of the lines trained on. */
  const lossesOf = (noise: number): number[][] =>
    subsets.map(subset =>
      [...scores.values()].map(
        of => 3 - predictions(of, [subset])[0]! + noise * normals(random, 1)[0]!,
      ),
    );

  it('is 1 where losses fall by the sum of the scores, and -1 for scores of the wrong sign', () => {
    const losses = lossesOf(0);
    assert.deepEqual(linearDatamodellingScore(scores, { subsets, losses }), {
      value: 1,
      low: 1,
      high: 1,
    });
    const wrong = new Map([...scores].map(([test, of]) => [test, of.map(value => -value)]));
    assert.equal(linearDatamodellingScore(wrong, { subsets, losses }).value, -1);
  });

  it('is near 0, within its limits, for scores that say nothing', () => {
    const losses = subsets.map(() => normals(random, tests));
    const { value, low, high } = linearDatamodellingScore(scores, { subsets, losses });
    assert.ok(low < 0 && high > 0 && Math.abs(value) < 0.2, `${low} ${value} ${high}`);
  });

  it('reaches its ceiling by the true scores, where retrainings are noisy', () => {
    const noise = 3;
    const runs = [lossesOf(noise), lossesOf(noise)];
    const columns = (losses: readonly (readonly number[])[]): number[][] =>
      Array.from({ length: tests }, (_, test) => losses.map(row => row[test]!));
    const between = meanCorrelation(columns(runs[0]!), columns(runs[1]!)).value;
    const losses = runs[0]!.map((row, i) => row.map((loss, j) => (loss + runs[1]![i]![j]!) / 2));
    const reached = linearDatamodellingScore(scores, { subsets, losses }).value;
    assert.ok(between > 0.3 && between < 0.8, `${between}`);
    close(reached, ceiling(between, 2), 0.1);
  });
});
