/** Solvers with products alone, against matrices that are written down. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { conjugateGradient } from '../../../src/interpret/influence/solve/conjugateGradient';
import { lissa } from '../../../src/interpret/influence/solve/lissa';
import { damped, type SymmetricOperator } from '../../../src/interpret/influence/solve/operator';
import {
  automaticDamping,
  largestEigenvalue,
  trace,
} from '../../../src/interpret/influence/solve/spectrum';
import { norm } from '../../../src/interpret/influence/solve/vector';
import { GlassboxError } from '../../../src/protocol/messages';
import {
  denseOperator,
  meanOf,
  plusDiagonal,
  randomGram,
  rowsOperator,
  times,
  type Matrix,
} from '../../support/denseMatrix';
import { assertClose, normals, seededRandom } from '../../support/numbers';
import { solve } from '../../support/secondOrder';

const anySystem = {
  seed: fc.integer({ min: 1, max: 100_000 }),
  size: fc.integer({ min: 1, max: 12 }),
};

function vectorOf(seed: number, size: number): Float64Array {
  return Float64Array.from(normals(seededRandom(seed), size));
}

/** ||A x - b|| / ||b|| by hand. */
function residualBy(matrix: Matrix, x: Float64Array, b: Float64Array): number {
  return norm(times(matrix, x).map((value, i) => value - b[i]!)) / norm(b);
}

function diagonal(...values: number[]): number[][] {
  return values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
}

async function refusal(work: Promise<unknown>): Promise<GlassboxError> {
  const error: unknown = await work.then(
    () => assert.fail('nothing was thrown'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof GlassboxError, String(error));
  return error;
}

/** Aborts its own signal in product number `at`. */
function abortingAt(operator: SymmetricOperator, at: number) {
  const controller = new AbortController();
  let products = 0;
  const aborting: SymmetricOperator = {
    size: operator.size,
    times: vector => {
      if (++products === at) controller.abort();
      return operator.times(vector);
    },
  };
  return { operator: aborting, signal: controller.signal, products: () => products };
}

describe('conjugate gradient', () => {
  it('solves as elimination does, with any positive diagonal as preconditioner', async () => {
    await fc.assert(
      fc.asyncProperty(anySystem.seed, anySystem.size, async (seed, size) => {
        const matrix = plusDiagonal(randomGram(seed, size), 0.5);
        const b = vectorOf(seed + 1, size);
        const expected = solve(matrix, Array.from(b));
        const operator = denseOperator(matrix);
        const main = Float64Array.from(matrix, (row, i) => row[i]!);
        for (const preconditioner of [undefined, main, b.map(Math.exp)]) {
          const more = preconditioner && { diagonal: preconditioner };
          const found = await conjugateGradient(operator, b, {
            tolerance: 1e-12,
            steps: 5 * size + 20,
            ...more,
          });
          assert.equal(found.stopped, 'tolerance');
          assertClose(Array.from(found.x), expected, 1e-9, 'the solution');
          assert.ok(found.residual <= 1e-10, `residual ${found.residual}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('needs as many steps as there are different eigenvalues, one with the right preconditioner', async () => {
    const values = [3, 1, 3, 1, 10, 10, 3];
    const matrix = diagonal(...values);
    const b = vectorOf(3, values.length);
    const plain = await conjugateGradient(denseOperator(matrix), b, { tolerance: 1e-10 });
    assert.equal(plain.residuals.length, 3);
    const options = { tolerance: 1e-10, diagonal: Float64Array.from(values) };
    const jacobi = await conjugateGradient(denseOperator(matrix), b, options);
    assert.equal(jacobi.residuals.length, 1);
  });

  it('reports the residual after each step, and measures it at the end', async () => {
    const matrix = plusDiagonal(randomGram(5, 10), 0.01);
    const b = vectorOf(6, 10);
    for (const steps of [1, 2, 4]) {
      const said: string[] = [];
      const found = await conjugateGradient(denseOperator(matrix), b, {
        tolerance: 1e-15,
        steps,
        progress: ({ done, total, says }) => said.push(`${done}/${total} ${says}`),
      });
      assert.equal(found.stopped, 'steps');
      assert.equal(found.residuals.length, steps);
      const expected = residualBy(matrix, found.x, b);
      assertClose(
        [found.residual, found.residuals.at(-1)!],
        [expected, expected],
        1e-9,
        'residual',
      );
      assert.equal(said.length, steps);
      assert.match(said[0]!, new RegExp(`^1/${steps} Solving: residual \\d`, 'u'));
    }
  });

  it('sees a negative eigenvalue, and damping that removes it', async () => {
    const matrix = diagonal(2, 1, -0.5);
    const b = Float64Array.of(1, 1, 1);
    const found = await conjugateGradient(denseOperator(matrix), b);
    assert.equal(found.stopped, 'negative-curvature');
    assert.ok(found.curvature < 0 && found.curvature >= -0.5, `${found.curvature}`);
    const enough = await conjugateGradient(damped(denseOperator(matrix), 0.6), b);
    assert.equal(enough.stopped, 'tolerance');
    assertClose(Array.from(enough.x), [1 / 2.6, 1 / 1.6, 10], 1e-3, 'the solution');
    const none = await conjugateGradient(denseOperator([[NaN]]), Float64Array.of(1));
    assert.equal(none.stopped, 'negative-curvature');
  });

  it('answers zero for zero, without a product', async () => {
    const operator = denseOperator(diagonal(1, 2));
    const found = await conjugateGradient(operator, new Float64Array(2));
    assert.deepEqual([...found.x, found.residual, operator.products], [0, 0, 0, 0]);
  });

  it('stops before the next product when it is cancelled', async () => {
    const { operator, signal, products } = abortingAt(denseOperator(randomGram(1, 9)), 2);
    const error = await refusal(
      conjugateGradient(operator, vectorOf(2, 9), { signal, tolerance: 0 }),
    );
    assert.equal(error.code, 'cancelled');
    assert.equal(products(), 2);
  });
});

describe('LiSSA', () => {
  const exact = { damping: 0, scale: 1, num_samples: 1 };

  it("gives AllenNLP's answer for one step: [-1.5, -4.5]", async () => {
    // Of the loss w X w^T / 2 with X = [[1, 2], [3, 4]] the Hessian is (X + X^T) / 2.
    const operator = rowsOperator([
      [
        [1, 2.5],
        [2.5, 4],
      ],
    ]);
    const parameters = { ...exact, recursion_depth: 1 };
    const { x, steps } = await lissa(operator, Float64Array.of(1, 1), parameters);
    assert.deepEqual([...x, steps], [-1.5, -4.5, 1]);
  });

  it('tends to (A + scale damping I)^-1 v', async () => {
    await fc.assert(
      fc.asyncProperty(anySystem.seed, anySystem.size, async (seed, size) => {
        const matrices = [1, 2, 3].map(i => randomGram(seed + i, size));
        const v = vectorOf(seed, size);
        const parameters = {
          lissa_batch_size: 3,
          damping: 0.05,
          scale: 'auto',
          recursion_depth: 600,
        } as const;
        const found = await lissa(rowsOperator(matrices), v, parameters);
        assert.equal(found.effectiveDamping, found.scale * 0.05);
        const system = plusDiagonal(meanOf(matrices), found.effectiveDamping);
        assertClose(Array.from(found.x), solve(system, Array.from(v)), 1e-8, 'the limit');
        assert.ok(found.residual <= 1e-8);
      }),
      { numRuns: 30 },
    );
  });

  it('with steps of few rows comes near it, and says how near', async () => {
    const matrices = Array.from({ length: 40 }, (_, i) => randomGram(i + 1, 6));
    const v = vectorOf(77, 6);
    const parameters = { lissa_batch_size: 4, damping: 0.05, scale: 10, recursion_depth: 200 };
    const one = await lissa(rowsOperator(matrices), v, parameters, { seed: 3 });
    const system = plusDiagonal(meanOf(matrices), 0.5);
    assertClose([one.residual], [residualBy(system, one.x, v)], 1e-12, 'the residual');
    assert.ok(one.residual > 0.001 && one.residual < 0.5, `residual ${one.residual}`);
    const options = { seed: 3 };
    const many = { ...parameters, num_samples: 16 };
    const mean = await lissa(rowsOperator(matrices), v, many, options);
    assert.ok(mean.residual < one.residual, 'the mean of many series is nearer');
  });

  it('visits every row once before any twice', async () => {
    const seen: number[] = [];
    const operator = rowsOperator(Array.from({ length: 10 }, () => diagonal(0.5)));
    const watching = {
      ...operator,
      timesOf: (rows: readonly number[], v: Float64Array) => {
        seen.push(...rows);
        return operator.timesOf(rows, v);
      },
    };
    const parameters = { ...exact, lissa_batch_size: 4, recursion_depth: 6 };
    await lissa(watching, Float64Array.of(1), parameters);
    assert.equal(seen.length, 20);
    for (const half of [seen.slice(0, 10), seen.slice(10)]) {
      assert.deepEqual(
        half.toSorted((a, b) => a - b),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
    }
    assert.notDeepEqual(seen.slice(0, 10), seen.slice(10), 'in another order');
  });

  it('takes a fraction of the batches, rounded down, as the depth', async () => {
    const depth = async (rows: number, recursion_depth?: number): Promise<number> => {
      const operator = rowsOperator(Array.from({ length: rows }, () => diagonal(1)));
      const parameters = recursion_depth === undefined ? {} : { recursion_depth };
      return (await lissa(operator, Float64Array.of(1), parameters)).steps;
    };
    assert.equal(await depth(24), 0, 'a quarter of 3 batches of 8');
    assert.equal(await depth(25), 1, 'a quarter of 4');
    assert.equal(await depth(25, 0.75), 3);
    assert.equal(await depth(25, 2.5), 10);
    assert.equal(await depth(25, 7), 7);
    // Without a step the answer is the gradient over the scale.
    const none = await lissa(rowsOperator([diagonal(1, 1)]), Float64Array.of(1, 2));
    assert.deepEqual([...none.x, none.effectiveDamping], [1e-4, 2e-4, 30]);
  });

  it('is decided by the seed', async () => {
    const matrices = Array.from({ length: 12 }, (_, i) => randomGram(i + 1, 4));
    const answer = async (seed: number): Promise<number[]> => {
      const parameters = { lissa_batch_size: 2, scale: 10, recursion_depth: 9 };
      const { x } = await lissa(rowsOperator(matrices), vectorOf(1, 4), parameters, { seed });
      return Array.from(x);
    };
    assert.deepEqual(await answer(5), await answer(5));
    assert.notDeepEqual(await answer(5), await answer(6));
  });

  it('stops in one sentence when it diverges, by a small scale or a negative eigenvalue', async () => {
    for (const matrix of [diagonal(5, 1), diagonal(-0.5, 0.1)]) {
      const parameters = { ...exact, recursion_depth: 10_000 };
      const error = await refusal(lissa(rowsOperator([matrix]), Float64Array.of(1, 1), parameters));
      assert.equal(error.code, 'bad-input');
      assert.match(error.message, /^LiSSA diverges \(after \d{1,2} steps .*choose a larger scale/u);
    }
    const better = { ...exact, damping: 0.01, recursion_depth: 5000, scale: 'auto' } as const;
    const found = await lissa(rowsOperator([diagonal(5, 1)]), Float64Array.of(1, 1), better);
    assert.ok(found.residual < 1e-6, `residual ${found.residual}`);
  });

  it('refuses parameters that mean nothing', async () => {
    const bad = [
      { damping: -1 },
      { damping: 1 },
      { damping: NaN },
      { scale: 0 },
      { scale: Infinity },
      { recursion_depth: 0 },
      { num_samples: 0.5 },
      { lissa_batch_size: 0 },
    ];
    for (const parameters of bad) {
      const work = lissa(rowsOperator([diagonal(1)]), Float64Array.of(1), parameters);
      const error = await refusal(work);
      assert.equal(error.code, 'bad-input');
      assert.ok(error.message.startsWith(Object.keys(parameters)[0]!), error.message);
    }
  });
});

describe('the spectrum', () => {
  it('has the largest eigenvalue by magnitude, with its sign', async () => {
    for (const [values, expected] of [
      [[3, 1, 0.5], 3],
      [[1, -4, 2], -4],
      [[0, 0], 0],
    ] as const) {
      const options = { tolerance: 1e-12, steps: 200 };
      const found = await largestEigenvalue(denseOperator(diagonal(...values)), options);
      assertClose([found.value], [expected], 1e-6, 'largest eigenvalue');
      assert.ok(found.error < 1e-3);
    }
  });

  it('says how near the estimate is to some eigenvalue', async () => {
    await fc.assert(
      fc.asyncProperty(anySystem.seed, fc.integer({ min: 1, max: 8 }), async (seed, steps) => {
        const values = normals(seededRandom(seed), 6);
        const options = { seed, steps, tolerance: 0 };
        const found = await largestEigenvalue(denseOperator(diagonal(...values)), options);
        const nearest = Math.min(...values.map(value => Math.abs(value - found.value)));
        assert.ok(nearest <= found.error * Math.abs(found.value) * (1 + 1e-9) + 1e-12);
      }),
      { numRuns: 50 },
    );
  });

  it('has the trace of a diagonal matrix exactly, of others within the error', async () => {
    const exact = await trace(denseOperator(diagonal(1, 2, 3.5)), { samples: 3 });
    assert.deepEqual(exact, { value: 6.5, error: 0 });
    const matrix = randomGram(8, 20);
    const expected = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
    const found = await trace(denseOperator(matrix), { samples: 400, seed: 2 });
    assert.ok(found.error < 0.03 * expected, `${found.error} of ${expected}`);
    assert.ok(
      Math.abs(found.value - expected) < 4 * found.error,
      `${found.value}, not ${expected}`,
    );
  });

  it('decides the automatic damping: a tenth of the mean eigenvalue', async () => {
    assertClose(
      [await automaticDamping(denseOperator(diagonal(1, 2, 3)))],
      [0.2],
      1e-12,
      'damping',
    );
    assert.equal(await automaticDamping(denseOperator(diagonal(-1, -2))), 0);
    const ofRank = { ...denseOperator(diagonal(4, 2, 0, 0)), rank: 2 };
    assertClose([await automaticDamping(ofRank)], [0.3], 1e-12, 'of those that are not 0');
  });
});
