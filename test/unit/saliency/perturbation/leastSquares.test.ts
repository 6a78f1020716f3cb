/** Weighted ridge regression against normal equations, and its jackknife against fits without each row. */
import assert from 'node:assert/strict';
import { Matrix, solve as solveDense } from 'ml-matrix';
import {
  solve,
  type Regression,
} from '../../../../src/interpret/saliency/perturbation/leastSquares';
import { normals, seededRandom, assertClose } from '../../../support/numbers';
import { mean } from '../../../support/statistics';

/** The first row is not drawn. */
function drawn(rows: number, width: number, ridge: number): Regression {
  const random = seededRandom(7);
  const design = Int8Array.from({ length: rows * width }, (_, i) =>
    i % width === 0 ? 1 : Math.floor(3 * random()) - 1,
  );
  return {
    design,
    width,
    targets: Float64Array.from(normals(random, rows)),
    weights: Float64Array.from({ length: rows }, () => 0.1 + random()),
    penalties: new Float64Array(width).fill(ridge, 1),
    fixed: 1,
  };
}

/** (X^T W X + P)^-1 X^T W y by a dense solver, of the rows that are kept. */
function dense(regression: Regression, keep: (row: number) => boolean): number[] {
  const { design, width, targets, weights, penalties } = regression;
  const rows = [...targets.keys()].filter(keep);
  const x = new Matrix(rows.map(row => [...design.subarray(row * width, (row + 1) * width)]));
  const weighted = new Matrix(x.to2DArray().map((row, i) => row.map(v => v * weights[rows[i]!]!)));
  const y = Matrix.columnVector(rows.map(row => targets[row]!));
  const gram = weighted
    .transpose()
    .mmul(x)
    .add(Matrix.diag([...penalties]));
  return solveDense(gram, weighted.transpose().mmul(y)).to1DArray();
}

describe('least squares', () => {
  for (const [rows, width, ridge] of [
    [40, 6, 1],
    [80, 12, 0],
    // Fewer rows than coefficients.
    [20, 35, 0.5],
  ] as const) {
    it(`${rows} rows, ${width} coefficients, ridge ${ridge}`, async () => {
      const regression = drawn(rows, width, ridge);
      const fit = await solve(regression);
      const expected = dense(regression, () => true);
      assertClose([...fit.coefficients], expected, 1e-9, 'coefficients');

      const without = Array.from({ length: rows - 1 }, (_, i) =>
        dense(regression, row => row !== i + 1),
      );
      const jackknife = (values: readonly number[]): number => {
        const middle = mean(values);
        const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
        return Math.sqrt(((rows - 2) / (rows - 1)) * squares);
      };
      const spread = [
        ...expected.map((_, i) => jackknife(without.map(values => values[i]!))),
        jackknife(without.map(values => values.reduce((a, b) => a + b))),
      ];
      assertClose([...fit.spread!], spread, 1e-7, 'jackknife');
    });
  }

  it('R2 is the weighted share of the variance that is explained', async () => {
    const regression = drawn(40, 6, 1);
    const { r2, coefficients } = await solve(regression);
    const { design, width, targets, weights } = regression;
    const total = weights.reduce((a, b) => a + b);
    const middle = targets.reduce((sum, y, i) => sum + y * weights[i]!, 0) / total;
    let [left, all] = [0, 0];
    targets.forEach((target, row) => {
      const fitted = coefficients.reduce((sum, c, i) => sum + c * design[row * width + i]!, 0);
      left += weights[row]! * (target - fitted) ** 2;
      all += weights[row]! * (target - middle) ** 2;
    });
    assert.ok(Math.abs(r2! - (1 - left / all)) < 1e-12);
    const flat = { ...regression, targets: regression.targets.map(() => 2) };
    assert.equal((await solve(flat)).r2, null);
  });

  it('rows that do not decide the coefficients are refused', async () => {
    await assert.rejects(solve(drawn(20, 35, 0)), { code: 'bad-input', message: /too few/ });
  });

  it('can be cancelled', async () => {
    const abort = new AbortController();
    const solving = solve(drawn(3000, 400, 1), abort.signal);
    abort.abort();
    await assert.rejects(solving, { code: 'cancelled' });
  });
});
