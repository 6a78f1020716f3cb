/** The closed forms of a head against differences, dense algebra and brute force, on random numbers. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Cholesky } from '../../../src/interpret/linear/cholesky';
import { directionsOf, pairsOf } from '../../../src/interpret/influence/head/directions';
import { HeadSystem } from '../../../src/interpret/influence/head/headSystem';
import { extremesOf } from '../../../src/interpret/influence/head/extremes';
import type { FeatureBlock, FeatureSource } from '../../../src/interpret/influence/head/features';
import { HeadInfluence, type HeadQuery } from '../../../src/interpret/influence/head/headInfluence';
import { headPass } from '../../../src/interpret/influence/head/headPass';
import {
  columnsOf,
  emptyState,
  logitsOf,
  lossOf,
  type LinearHead,
} from '../../../src/interpret/influence/head/linearHead';
import { RowProducts } from '../../../src/interpret/influence/head/rowProducts';
import { trainHead } from '../../../src/interpret/influence/head/trainHead';
import { GlassboxError } from '../../../src/protocol/messages';
import type { Link } from '../../../src/protocol/task';
import { sourceOf } from '../../support/featuresInMemory';
import { assertClose, normals, seededRandom } from '../../support/numbers';
import { dot, solve } from '../../support/secondOrder';

interface Problem {
  readonly head: LinearHead;
  readonly features: Float32Array;
  readonly targets: Float64Array;
  readonly rows: number;
}

/** Random features, weights and targets that fit the link. */
function problem(link: Link, classes: number, bias: boolean, rows = 23, width = 5): Problem {
  const random = seededRandom(classes + rows + Number(bias));
  const columns = columnsOf({ width, bias });
  const weights = Float64Array.from(normals(random, classes * columns));
  const features = Float32Array.from(normals(random, rows * width));
  const targets = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const right = Math.floor(random() * classes);
    for (let c = 0; c < classes; c++) {
      const of = {
        softmax: Number(c === right),
        sigmoid: Number(random() < 0.4),
        identity: 2 * random(),
      };
      targets[row * classes + c] = of[link];
    }
  }
  return { head: { link, classes, width, bias, weights }, features, targets, rows };
}

function lossAt({ head, features, targets }: Problem, row: number, weights: Float64Array): number {
  const { link, classes, width } = head;
  const logits = new Float64Array(classes);
  logitsOf({ ...head, weights }, features, row * width, logits);
  return lossOf(link, logits, targets, row * classes, emptyState(classes));
}

/** By central differences. */
function gradient(of: (weights: Float64Array) => number, at: Float64Array, step = 1e-5): number[] {
  return [...at.keys()].map(i => {
    const moved = (by: number): Float64Array =>
      at.map((value, j) => (i === j ? value + by : value));
    return (of(moved(step)) - of(moved(-step))) / (2 * step);
  });
}

/** The gradient of a row's loss in closed form, residual (x) h~, written a second time. */
function rowGradient({ head, features, targets }: Problem, row: number): number[] {
  const { link, classes, width, bias } = head;
  const logits = new Float64Array(classes);
  const state = emptyState(classes);
  logitsOf(head, features, row * width, logits);
  lossOf(link, logits, targets, row * classes, state);
  const inputs = [...features.subarray(row * width, (row + 1) * width), ...(bias ? [1] : [])];
  return [...state.residual].flatMap(residual => inputs.map(input => residual * input));
}

/** The Hessian of the mean loss by differences of mean gradients, [P][P]. */
function denseHessian(at: Problem): number[][] {
  const mean = (weights: Float64Array, i: number): number => {
    const moved = { ...at, head: { ...at.head, weights } };
    let sum = 0;
    for (let row = 0; row < at.rows; row++) sum += rowGradient(moved, row)[i]!;
    return sum / at.rows;
  };
  return [...at.head.weights.keys()].map(i =>
    gradient(weights => mean(weights, i), at.head.weights),
  );
}

function queryOf({ head, features, targets }: Problem, row: number): HeadQuery {
  const { width, classes } = head;
  return {
    features: features.subarray(row * width, (row + 1) * width),
    target: targets.subarray(row * classes, (row + 1) * classes),
  };
}

function source(of: Problem, size?: number): FeatureSource {
  return sourceOf(of.features, of.targets, of.rows, size);
}

const cases: [Link, number, boolean][] = [
  ['softmax', 2, true],
  ['softmax', 4, true],
  ['softmax', 3, false],
  ['sigmoid', 1, true],
  ['sigmoid', 3, true],
  ['identity', 1, true],
  ['identity', 2, false],
];

describe('the closed forms of a head', () => {
  for (const [link, classes, bias] of cases) {
    const name = `${link}, ${classes} classes, ${bias ? 'with' : 'without'} bias`;
    const at = problem(link, classes, bias);

    it(`have the gradient that differences of the loss have (${name})`, () => {
      for (const row of [0, 7]) {
        const expected = gradient(weights => lossAt(at, row, weights), at.head.weights);
        assertClose(rowGradient(at, row), expected, 1e-8, `row ${row}`);
      }
    });

    it(`have the Hessian that differences of gradients have: dense solutions (${name})`, async () => {
      const hessian = denseHessian(at);
      const damping = 0.05;
      const damped = hessian.map((list, i) => list.map((x, j) => x + (i === j ? damping : 0)));
      const gradients = Array.from({ length: at.rows }, (_, row) => rowGradient(at, row));
      const influence = await HeadInfluence.of(source(at), at.head, { damping });
      const trace = hessian.reduce((sum, list, i) => sum + list[i]!, 0);
      assertClose([influence.trace], [trace], 1e-7, 'trace');
      const [found, both] = await influence.scores([
        queryOf(at, 3),
        [queryOf(at, 3), queryOf(at, 8)],
      ]);
      const solved = [3, 8].map(row => solve(damped, gradients[row]!));
      const expected = solved.map(x => gradients.map(g => dot(g, x)));
      assertClose([...found!], expected[0]!, 1e-7, 'scores');
      const sums = expected[0]!.map((score, row) => score + expected[1]![row]!);
      assertClose([...both!], sums, 1e-7, 'scores of two rows together');
      const self = gradients.map(g => dot(g, solve(damped, g)));
      assertClose([...(await influence.selfInfluence())], self, 1e-7, 'self-influence');
      const mean = gradient(
        weights => gradients.reduce((sum, _, row) => sum + lossAt(at, row, weights), 0) / at.rows,
        at.head.weights,
      );
      assertClose([influence.optimum.gradientNorm], [Math.sqrt(dot(mean, mean))], 1e-7, 'norm');
      const gain = dot(mean, solve(damped, mean)) / 2;
      assertClose([influence.optimum.gain], [gain], 1e-6, 'gain of a Newton step');
    });

    it(`find the optimum, where the gradient is zero (${name})`, async () => {
      const damping = 0.02;
      const weight = (row: number): number => Number(row !== 5);
      const trained = await trainHead(source(at), at.head, { damping, weight });
      assert.ok(trained.converged && trained.gradientNorm <= 1e-9, String(trained.gradientNorm));
      const objective = (weights: Float64Array): number => {
        let sum = 0;
        for (let row = 0; row < at.rows; row++) sum += weight(row) * lossAt(at, row, weights);
        return sum / at.rows + (damping / 2) * dot([...weights], [...weights]);
      };
      const { weights } = trained.head;
      assertClose([trained.objective], [objective(weights)], 1e-12, 'objective');
      const slope = gradient(objective, weights, 1e-4);
      assert.ok(Math.max(...slope.map(Math.abs)) < 1e-7, `slope ${Math.max(...slope)}`);
    });
  }

  it('do not depend on how rows are cut into blocks, nor on their order', async () => {
    const at = problem('softmax', 3, true, 5000, 7);
    const scoresOf = async (of: Problem, size: number): Promise<number[][]> => {
      const influence = await HeadInfluence.of(source(of, size), of.head);
      const [scores] = await influence.scores([queryOf(at, 1)]);
      return [[...scores!], [...(await influence.selfInfluence())]];
    };
    const whole = await scoresOf(at, 5000);
    for (const size of [64, 777]) {
      const cut = await scoresOf(at, size);
      cut.forEach((list, i) => {
        assertClose(list, whole[i]!, 1e-12, `blocks of ${size}`);
      });
    }
    const { width, classes } = at.head;
    const turned = (list: Float32Array | Float64Array, wide: number): number[] =>
      Array.from(list, (_, i) => list[(at.rows - 1 - Math.floor(i / wide)) * wide + (i % wide)]!);
    const reversed: Problem = {
      ...at,
      features: Float32Array.from(turned(at.features, width)),
      targets: Float64Array.from(turned(at.targets, classes)),
    };
    (await scoresOf(reversed, 100)).forEach((list, i) => {
      assertClose(list.toReversed(), whole[i]!, 1e-12, 'reversed');
    });
  });

  it('read blocks from a file as well as from memory, and notice a file that has become shorter', async () => {
    const at = problem('softmax', 2, true, 50);
    const inMemory = source(at, 20);
    const late: FeatureSource = {
      rows: at.rows,
      async *blocks() {
        for await (const block of inMemory.blocks()) yield await Promise.resolve(block);
      },
    };
    const scores = async (of: FeatureSource): Promise<number[]> => {
      const influence = await HeadInfluence.of(of, at.head);
      return [...(await influence.scores([queryOf(at, 0)]))[0]!];
    };
    assert.deepEqual(await scores(late), await scores(inMemory));
    await assert.rejects(scores({ ...inMemory, rows: 51 }), /50 rows where 51/u);
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(
      HeadInfluence.of(inMemory, at.head, { signal: controller.signal }),
      (error: unknown) => error instanceof GlassboxError && error.code === 'cancelled',
    );
  });

  it('add up the weighted rows of a line, however many lines there are', async () => {
    const lines = 2300;
    const at = problem('softmax', 3, true, 2 * lines, 255);
    const starts = Float64Array.from({ length: lines + 1 }, (_, line) => 2 * line);
    const weights = new Float64Array(at.rows).fill(0.5);
    const plain = source(at, 999);
    const weighted: FeatureSource = {
      rows: at.rows,
      *blocks() {
        for (const block of plain.blocks() as Iterable<FeatureBlock>) {
          yield { ...block, weights: weights.subarray(0, block.rows) };
        }
      },
    };
    const influence = await HeadInfluence.of(weighted, at.head, { starts, damping: 0.1 });
    // Every row a line of its own: the same mean, and half of the sum of two rows.
    const single = await HeadInfluence.of(plain, at.head, { damping: 0.1 });
    assertClose([influence.trace], [single.trace], 1e-10, 'trace');
    const halves = (list: Float64Array): number[] =>
      Array.from({ length: lines }, (_, line) => (list[2 * line]! + list[2 * line + 1]!) / 2);
    assertClose([...influence.losses], halves(single.losses), 1e-10, 'losses');
    const asked = [0, 2046, 2047, 2048, lines - 1];
    const queries = asked.map(line =>
      [2 * line, 2 * line + 1].map(row => ({ ...queryOf(at, row), weight: 0.5 })),
    );
    const found = await influence.scores(queries);
    const expected = await single.scores(queries);
    found.forEach((scores, i) => {
      assertClose([...scores], halves(expected[i]!), 1e-9, `scores of line ${asked[i]!}`);
    });
    const self = await influence.selfInfluence();
    const diagonal = found.map((scores, i) => scores[asked[i]!]!);
    assertClose(
      asked.map(line => self[line]!),
      diagonal,
      1e-9,
      'self-influence',
    );
  });

  it('take a tenth of the mean eigenvalue for damping where none is given', async () => {
    const at = problem('softmax', 3, true);
    const influence = await HeadInfluence.of(source(at), at.head);
    assert.equal(influence.damping, (0.1 * influence.trace) / at.head.weights.length);
  });

  it('say how far the head is from its optimum', async () => {
    const at = problem('softmax', 2, true);
    const away = await HeadInfluence.of(source(at), at.head);
    assert.match(away.optimum.says, /^The last layer is far from its optimum on these lines: /u);
    const { head } = await trainHead(source(at), at.head, { damping: 1e-6 });
    const there = await HeadInfluence.of(source(at), head);
    assert.match(there.optimum.says, /^The last layer is close to its optimum .* about \S+ %\.$/u);
  });

  it('keep their digits where the model is sure', () => {
    const state = emptyState(2);
    const loss = lossOf('softmax', Float64Array.of(40, 0), [1, 0], 0, state);
    const tiny = Math.exp(-40);
    assertClose([state.residual[0]!, state.residual[1]!], [-tiny, tiny], 1e-12, 'softmax');
    assert.ok(loss >= 0 && loss < 1e-15);
    const wrong = lossOf('sigmoid', Float64Array.of(-800, 800), [1, 1], 0, state);
    assertClose([wrong, ...state.residual], [400, -0.5, 0], 1e-12, 'sigmoid');
  });

  it('refuse a head that is too large, and say what to do', async () => {
    const at = problem('softmax', 40, true, 3, 200);
    await assert.rejects(
      HeadInfluence.of(source(at), at.head),
      /7839 parameters that hang together.*choose the method "cg"/u,
    );
    // The labels of a sigmoid do not hang together.
    const labels = problem('sigmoid', 40, true, 3, 200);
    await HeadInfluence.of(source(labels), labels.head);
  });

  it('have symmetric curvature in each pair of directions, so that upper pairs are enough', async () => {
    const at = problem('softmax', 4, false);
    const directions = directionsOf('softmax', 4);
    assert.equal(pairsOf(directions).length, 6);
    const gram = await RowProducts.gram(at.head.width, false);
    try {
      const { hessian } = await headPass(source(at), at.head, directions, gram);
      const { width } = at.head;
      for (let pair = 0; pair < 6; pair++) {
        const entry = (k: number, l: number): number => hessian[(pair * width + k) * width + l]!;
        for (let k = 0; k < width; k++) {
          for (let l = 0; l < k; l++) {
            assert.ok(Math.abs(entry(k, l) - entry(l, k)) < 1e-12, 'each block is symmetric');
          }
        }
      }
    } finally {
      await gram.release();
    }
  });
});

describe('Cholesky', () => {
  for (const size of [1, 3, 4, 47, 48, 49, 131]) {
    it(`solves and inverts a random system of ${size} unknowns`, async () => {
      const random = seededRandom(size);
      const root = Array.from({ length: size }, () => normals(random, size));
      const matrix = root.map((x, i) => root.map((y, j) => dot(x, y) + (i === j ? 0.5 : 0)));
      const expected = normals(random, size);
      const right = matrix.map(list => dot(list, expected));
      const cholesky = await Cholesky.of(Float64Array.from(matrix.flat()), size);
      assertClose([...cholesky.solve(Float64Array.from(right))], expected, 1e-9, 'solution');
      const inverse = await cholesky.inverse();
      const column = Math.floor(size / 2);
      const product = matrix.map(list =>
        dot(
          list,
          Array.from({ length: size }, (_, k) => inverse[column * size + k]!),
        ),
      );
      assertClose(
        product,
        product.map((_, k) => Number(k === column)),
        1e-9,
        'inverse',
      );
      assert.equal(inverse[size - 1], inverse[(size - 1) * size]);
    });
  }

  it('says so where the matrix is not positive definite', async () => {
    const matrix = (): Float64Array => Float64Array.of(1, 2, 2, 1);
    await assert.rejects(Cholesky.of(matrix(), 2), /not positive definite/u);
    // Two classes have one direction, so one block of two columns.
    const system = HeadSystem.of(directionsOf('softmax', 2), 2, matrix(), 0);
    await assert.rejects(system, /use a larger damping/u);
  });

  it('can be cancelled', async () => {
    const size = 600;
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < size; i++) matrix[i * size + i] = 1;
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(Cholesky.of(matrix, size, controller.signal), /cancelled/u);
  });
});

describe('extremesOf', () => {
  it('gives what sorting gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double()), { maxLength: 60 }),
        fc.integer({ min: 0, max: 12 }),
        (scores, k) => {
          const ranked = scores
            .map((score, row) => ({ row, score: score + 0 }))
            .filter(({ score }) => !Number.isNaN(score));
          const { top, bottom } = extremesOf(scores, k);
          const rows = (list: readonly { row: number }[]): number[] => list.map(({ row }) => row);
          const down = ranked.toSorted((a, b) => compare(b.score, a.score) || a.row - b.row);
          const up = ranked.toSorted((a, b) => compare(a.score, b.score) || a.row - b.row);
          assert.deepEqual(rows(top), rows(down.slice(0, k)));
          assert.deepEqual(rows(bottom), rows(up.slice(0, k)));
          assert.deepEqual(
            bottom.map(({ score }) => score + 0),
            up.slice(0, k).map(({ score }) => score),
          );
        },
      ),
    );
  });
});

function compare(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}
