/** Losses, gradients and curvature of a model by chosen parameters, and influence from them, against PyTorch and dense matrices. */
import assert from 'node:assert/strict';
import { Derivation } from '../../../src/autodiff/compose';
import { joinVector, layoutOf } from '../../../src/autodiff/compose/flatVector';
import { crossEntropy, lossProgram } from '../../../src/autodiff/compose';
import { chooseParameters, parametersOf, type Choice } from '../../../src/autodiff/parameters';
import type { Example } from '../../../src/interpret/influence/curvature/batches';
import { splitFrozen } from '../../../src/interpret/influence/curvature/frozen';
import { curvatureOf, influenceOn, solveFor, type Solver } from '../../support/influenceInMemory';
import { LossModel } from '../../../src/interpret/influence/curvature/lossModel';
import { conjugateGradient } from '../../../src/interpret/influence/solve/conjugateGradient';
import { damped, type SymmetricOperator } from '../../../src/interpret/influence/solve/operator';
import {
  automaticDamping,
  largestEigenvalue,
} from '../../../src/interpret/influence/solve/spectrum';
import { norm } from '../../../src/interpret/influence/solve/vector';
import { loadModel } from '../../../src/model/loadModel';
import type { Model } from '../../../src/model/model';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { writeModel } from '../../../src/onnx/writeModel';
import { GlassboxError } from '../../../src/protocol/messages';
import { learnerOf } from '../../../src/runtime/learn';
import { learnFacts } from '../../../src/runtime/probe';
import { plusDiagonal } from '../../support/denseMatrix';
import { familyDir, loadFamily } from '../../support/families';
import { Folders, goldenRows, logitsOf, rowOf, withKitModel } from '../../support/models';
import { assertClose, flat, normals, numbers, seededRandom } from '../../support/numbers';
import { float64, runGraph } from '../../support/runGraph';
import { dot, solve, unit } from '../../support/secondOrder';

/** The models are float32; relative to the largest entry. */
const tolerance = 1e-4;

const folders = new Folders();
const models = new Map<string, Promise<Model>>();

function family(name: string): Promise<Model> {
  const kept = models.get(name);
  if (kept) return kept;
  const loading = loadModel(familyDir(name), 'cpu', { tokenizer: 'optional' });
  models.set(name, loading);
  return loading;
}

after(async () => {
  for (const model of models.values()) await (await model).release();
  folders.remove();
});

/** The golden rows of a family with their golden labels. */
function goldenExamples(name: string): Example[] {
  const { golden } = loadFamily(name);
  return goldenRows(golden).map((row, i) => ({ row, target: golden.labels![i]! }));
}

/** Rows of different lengths with random ids of vocabulary 120 and three classes. */
function randomExamples(count: number, seed = 1): Example[] {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  return Array.from({ length: count }, () => ({
    row: rowOf(...Array.from({ length: 2 + below(7) }, () => 4 + below(110))),
    target: below(3),
  }));
}

function vectorOf(size: number, seed = 1): Float64Array {
  return Float64Array.from(normals(seededRandom(seed), size));
}

/** The whole matrix, column by column. */
async function columnsOf(operator: SymmetricOperator): Promise<number[][]> {
  const columns: number[][] = [];
  for (let i = 0; i < operator.size; i++) {
    const column = await operator.times(Float64Array.from(unit(operator.size, i)));
    columns.push(Array.from(column));
  }
  return columns;
}

/** Of a symmetric matrix with rounding errors, by elimination with full pivoting. */
function rankOf(matrix: readonly (readonly number[])[]): number {
  const rows = matrix.map(row => [...row]);
  const largest = Math.max(...rows.flat().map(Math.abs));
  for (let rank = 0; ; rank++) {
    const cells = rows.flatMap((row, i) =>
      row.map((value, j) => ({ size: Math.abs(value), i, j })),
    );
    const pivot = cells.reduce((best, cell) => (cell.size > best.size ? cell : best));
    if (pivot.size < 1e-5 * largest) return rank;
    const chosen = [...rows[pivot.i]!];
    for (const row of rows) {
      const factor = row[pivot.j]! / chosen[pivot.j]!;
      chosen.forEach((value, j) => {
        row[j]! -= factor * value;
      });
    }
  }
}

async function gradientsOf(losses: LossModel, examples: readonly Example[]): Promise<number[][]> {
  const found: number[][] = [];
  for (const example of examples) found.push(Array.from(await losses.gradient([example])));
  return found;
}

async function refusal(work: Promise<unknown>): Promise<GlassboxError> {
  const error: unknown = await work.then(
    () => assert.fail('nothing was thrown'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof GlassboxError, String(error));
  return error;
}

describe("AllenNLP's exact vectors", () => {
  it('has the Hessian product of w X w^T / 2: [60, 105]', async () => {
    const graph = emptyGraph('quadratic');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['rows', 1]);
    const w = b.constant('float64', [1, 2], [1, 2], 'm.w');
    const matrix = b.constant('float64', [2, 2], [1, 2, 3, 4], 'X');
    const transposed = b.op('Transpose', [w], { perm: [1, 0] });
    const form = b.op('MatMul', [b.op('MatMul', [w, matrix]), transposed]);
    b.output(b.op('Mul', [x, b.op('Mul', [form, b.scalar(0.5, 'float64')])]), 'y');
    const probes = [2, 3].map(rows => ({ x: float64([rows, 1], Array<number>(rows).fill(1)) }));
    const parameters = chooseParameters(parametersOf(graph, 'y'), /^m\.w$/u);
    const program = await lossProgram({
      graph,
      facts: await learnFacts(graph, probes),
      learn: learnerOf(probes),
      logits: 'y',
      loss: (derivation, y) => {
        const c = derivation.builder('loss/');
        return c.op('Squeeze', [y, c.ints([1])]);
      },
      parameters,
      results: ['hessian'],
    });
    const found = await runGraph(program.graph, {
      x: float64([1, 1], [1]),
      weights: float64([1], [1]),
      vector: float64([2], [10, 20]),
    });
    assert.deepEqual(numbers(found['hessian']), [60, 105]);
  });

  it('flattens [[1, 2], [3, 4]] and [[5, 6], [7, 8]] to 1 ... 8', async () => {
    const graph = emptyGraph('flat');
    const b = new GraphBuilder(graph);
    const [p, q] = ['m.p.weight', 'm.q.weight'].map((name, i) =>
      b.constant(
        'float64',
        [2, 2],
        [1, 2, 3, 4].map(value => value + 4 * i),
        name,
      ),
    );
    b.output(b.op('MatMul', [b.op('MatMul', [b.input('x', 'float64', ['n', 2]), p!]), q!]), 'y');
    const probes = [2, 3].map(rows => ({ x: float64([rows, 2], Array<number>(2 * rows).fill(1)) }));
    const derivation = new Derivation(graph, await learnFacts(graph, probes), learnerOf(probes));
    const layout = layoutOf(parametersOf(graph, 'y'));
    const own = new Map([p!, q!].map(name => [name, name]));
    const whole = joinVector(derivation, layout, own);
    const found = await runGraph(await derivation.finish(new Map([['flat', whole]])), probes[0]!);
    assert.deepEqual(numbers(found['flat']), [1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('the loss of a model by its parameters', () => {
  for (const name of ['bert', 'roberta', 'gpt2', 'bilstm', 'cnn']) {
    it(`has PyTorch's losses, gradients and Hessian products of ${name}`, async function () {
      const { golden } = loadFamily(name);
      if (!golden.grad_inner_all_params) return this.skip();
      const losses = await LossModel.of(await family(name), /./u);
      assert.equal(losses.size, golden.n_params);
      const examples = goldenExamples(name);
      const gradients = await gradientsOf(losses, examples);
      const expected = flat(golden.grad_inner_all_params);
      const inner = gradients.flatMap(a => gradients.map(b => dot(a, b)));
      assertClose(inner, expected, tolerance, 'inner products');

      const hessian = await losses.curvature(examples, 'hessian');
      const [columns, products]: [number[][], number[]] = [[], []];
      for (const gradient of gradients) {
        const vector = Float64Array.from(gradient);
        const swept = await losses.sweep(examples, vector);
        assertClose(Array.from(swept.losses), golden.row_loss!, tolerance, 'losses');
        columns.push(Array.from(swept.tangents));
        products.push(dot(gradients[0]!, Array.from(await hessian.times(vector))));
      }
      assertClose(columns.flat(), expected, tolerance, 'tangents');
      assertClose(products, golden.g0_H_gj_all_params!, tolerance, 'g0 H gj');
    });
  }

  it('is the same whatever the batches and the order', async () => {
    for (const name of ['bert', 'bilstm']) {
      const losses = await LossModel.of(await family(name), /./u);
      const examples = randomExamples(7);
      const v = vectorOf(losses.size);
      const all = async (some: readonly Example[], tokens?: number): Promise<number[][]> => {
        const options = tokens === undefined ? {} : { tokens };
        const swept = await losses.sweep(some, v, options);
        const order = examples.map(example => some.indexOf(example));
        const ordered = (values: Float64Array): number[] => order.map(at => values[at]!);
        const found = [
          ordered(swept.losses),
          ordered(swept.tangents),
          ordered(await losses.losses(some, options)),
          Array.from(await losses.gradient(some, null, options)),
        ];
        for (const kind of ['gaussNewton', 'hessian'] as const) {
          const operator = await losses.curvature(some, kind, options);
          const product = Array.from(await operator.times(v));
          assert.deepEqual(Array.from(await operator.times(v)), product, 'a second time');
          found.push(product);
        }
        return found;
      };
      const expected = await all(examples);
      const others = [
        [1, examples.toReversed()],
        [20, examples],
      ] as const;
      for (const [tokens, some] of others) {
        const found = await all(some, tokens);
        found.forEach((values, i) => {
          assertClose(values, expected[i]!, 2e-5, `${name}, result ${i}, ${tokens} tokens`);
        });
      }
    }
  });

  it('weighs examples, and takes the curvature of some of them', async () => {
    const losses = await LossModel.of(await family('bert'), /classifier|pooler/u);
    const examples = randomExamples(6);
    const gradients = await gradientsOf(losses, examples);
    const weights = [1, 0, -2, 0.5, 3, 0];
    const expected = gradients[0]!.map((_, i) =>
      dot(
        weights,
        gradients.map(g => g[i]!),
      ),
    );
    const found = await losses.gradient(examples, weights, { tokens: 18 });
    assertClose(Array.from(found), expected, tolerance, 'weighted gradient');

    const v = vectorOf(losses.size);
    const some = [4, 1, 2];
    for (const kind of ['gaussNewton', 'hessian'] as const) {
      const whole = await losses.curvature(examples, kind);
      const part = await losses.curvature(
        some.map(at => examples[at]!),
        kind,
      );
      const product = Array.from(await part.times(v));
      assertClose(Array.from(await whole.timesOf(some, v)), product, 1e-5, kind);
    }
  });

  it('by the last block is that part of the one by all parameters', async () => {
    for (const name of ['bert', 'distilbert']) {
      const model = await family(name);
      const all = await LossModel.of(model, /./u);
      const last = await LossModel.of(model, { lastBlocks: 1 });
      assert.ok(last.size < all.size);
      const examples = randomExamples(5, 3);
      const v = vectorOf(last.size);
      // The same vector among all parameters, 0 elsewhere; and back.
      const places = last.layout.slots.flatMap(({ parameter, size }) => {
        const slot = all.layout.slots.find(other => other.parameter.value === parameter.value)!;
        return Array.from({ length: size }, (_, i) => slot.offset + i);
      });
      const wide = new Float64Array(all.size);
      places.forEach((at, i) => {
        wide[at] = v[i]!;
      });
      const narrowed = (vector: Float64Array): number[] => places.map(at => vector[at]!);

      const [swept, expected] = [await last.sweep(examples, v), await all.sweep(examples, wide)];
      assertClose([...swept.tangents], [...expected.tangents], tolerance, `${name}: tangents`);
      const gradient = Array.from(await last.gradient(examples));
      assertClose(gradient, narrowed(await all.gradient(examples)), tolerance, 'gradient');
      for (const kind of ['gaussNewton', 'hessian'] as const) {
        const whole = narrowed(await (await all.curvature(examples, kind)).times(wide));
        // With memory for what is frozen, and without.
        for (const cacheBytes of [undefined, 0]) {
          const options = { tokens: 20, ...(cacheBytes === undefined ? {} : { cacheBytes }) };
          const operator = await last.curvature(examples, kind, options);
          const product = Array.from(await operator.times(v));
          assertClose(product, whole, tolerance, `${name}: ${kind}`);
          assert.deepEqual(Array.from(await operator.times(v)), product, 'again');
        }
      }
    }
  });

  it('runs what lies before the chosen parameters apart, once', async () => {
    const model = await family('bert');
    const graph = await model.graph();
    const products = (nodes: readonly { op: string }[]): number =>
      nodes.filter(({ op }) => op === 'MatMul' || op === 'Gemm').length;
    const { facts } = model.about;
    const parameters = parametersOf(graph, 'logits');
    const probes = [2, 3].map(() => ({}));
    const request = { graph, facts, learn: learnerOf(probes), logits: 'logits' } as const;
    const halves = async (choice: Choice) => {
      const chosen = chooseParameters(parameters, choice);
      const program = await lossProgram({
        ...request,
        loss: crossEntropy,
        parameters: chosen,
        results: ['losses'],
      });
      const changing = new Set(['labels', 'weights', 'vector', ...chosen.map(p => p.value)]);
      return await splitFrozen(program.graph, changing, request.learn, facts);
    };
    const last = await halves({ lastBlocks: 1 });
    const total = products(graph.nodes);
    const [frozen, live] = [products(last.frozen!.nodes), products(last.live.nodes)];
    assert.equal(frozen + live, total, 'no product twice');
    assert.equal(
      frozen,
      8,
      'those of the first of two blocks: 3 for q, k, v, 2 of attention, 3 after',
    );
    assert.ok(!last.live.constants.has(model.about.embedding.table), 'no word is looked up again');
    assert.equal((await halves(/./u)).frozen, null);
    const widths = last.live.inputs.map(({ dims }) => dims?.at(-1));
    assert.ok(widths.includes(32), 'what is known of the shapes at the cut stays known');
  });

  it('has tangents of a network with loops and lengths, although its shapes are computed before the cut', async function () {
    await withKitModel(this, 'models/tweet-lstm', async model => {
      const losses = await LossModel.of(model, /^lstm/u);
      const examples = [5, 2].map(length => {
        const ids = Array.from({ length }, (_, i) => 7 * i + 3);
        return { row: rowOf(...ids), target: 1 };
      });
      const v = vectorOf(losses.size);
      const { tangents } = await losses.sweep(examples, v);
      const gradient = await losses.gradient(examples, [1, 1]);
      assertClose(
        [tangents[0]! + tangents[1]!],
        [dot([...gradient], [...v])],
        tolerance,
        'tangents',
      );
    });
  });

  it('is cancelled between two batches', async () => {
    const losses = await LossModel.of(await family('bert'), /classifier/u);
    const examples = randomExamples(6);
    const v = vectorOf(losses.size);
    const operator = await losses.curvature(examples, 'gaussNewton', { tokens: 1 });
    const works: ((options: object) => Promise<unknown>)[] = [
      options => losses.sweep(examples, v, { ...options, tokens: 1 }),
      options => losses.gradient(examples, null, { ...options, tokens: 1 }),
      options => operator.times(v, options),
    ];
    for (const work of works) {
      const controller = new AbortController();
      const done: number[] = [];
      const progress = (step: { done: number; total: number }): void => {
        done.push(step.done);
        assert.equal(step.total, 6);
        if (step.done === 2) controller.abort();
      };
      const error = await refusal(work({ signal: controller.signal, progress }));
      assert.equal(error.code, 'cancelled');
      assert.deepEqual(done, [1, 2]);
    }
  });
});

describe('losses of other heads', () => {
  it('is the mean over the tokens that count, of a tagger', async () => {
    const model = await family('bert-ner');
    const losses = await LossModel.of(model, /classifier/u);
    const rows = [rowOf(5, 9, 13, 20), rowOf(7, 8)];
    const targets = [
      [-100, 1, 0, -100],
      [2, -100],
    ];
    const examples = rows.map((row, i) => ({ row, target: targets[i]! }));
    const logits = await logitsOf(model, rows);
    const classes = model.about.head.classes ?? model.about.head.labels.length;
    const expected = targets.map((labels, i) => {
      const each = labels.flatMap((label, at) => {
        if (label < 0) return [];
        const z = logits[i]!.slice(at * classes, (at + 1) * classes);
        return [Math.log(z.reduce((sum, x) => sum + Math.exp(x), 0)) - z[label]!];
      });
      return each.reduce((a, b) => a + b, 0) / each.length;
    });
    const v = vectorOf(losses.size);
    const swept = await losses.sweep(examples, v);
    assertClose([...swept.losses], expected, tolerance, 'losses');
    const gradients = await gradientsOf(losses, examples);
    assertClose(
      [...swept.tangents],
      gradients.map(g => dot(g, [...v])),
      tolerance,
      'tangents',
    );
    // The curvature of a mean over two tokens is the mean of the tokens' own.
    const tokens = [
      [-100, 1, -100, -100],
      [-100, -100, 0, -100],
    ].map(target => ({ row: rows[0]!, target }));
    const product = async (some: readonly Example[]): Promise<number[]> =>
      Array.from(await (await losses.curvature(some, 'gaussNewton')).times(v));
    assertClose(await product([examples[0]!]), await product(tokens), tolerance, 'curvature');

    const none = [{ row: rows[0]!, target: [-100, -100, -100, -100] }];
    assert.equal((await refusal(losses.losses(none))).code, 'bad-input');
  });

  /** Logits that are a matrix times the mean of two-dimensional word vectors, plus the parameter `m.head.bias`. */
  async function plainModel(outputs: number, config: object, batch: number | string) {
    const graph = emptyGraph('plain');
    const b = new GraphBuilder(graph);
    const ids = b.input('input_ids', 'int64', [batch, 'length']);
    const table = b.constant('float32', [4, 2], [1, 0, 0, 1, 2, 1, -1, 0.5], 'table');
    const words = b.op('Gather', [table, ids], { axis: 0 });
    const mean = b.op('ReduceMean', [words, b.ints([1])], { keepdims: 0 });
    const weight = Array.from({ length: 2 * outputs }, (_, i) => Math.cos(i));
    const bias = Array.from({ length: outputs }, (_, i) => i / 3);
    const matrix = b.constant('float32', [2, outputs], weight, 'm.head.weight');
    const constant = b.constant('float32', [outputs], bias, 'm.head.bias');
    b.output(b.op('Gemm', [mean, matrix, constant]), 'logits');
    const files = { 'model.onnx': writeModel(graph), 'config.json': JSON.stringify(config) };
    return await loadModel(folders.with(files), 'cpu', { tokenizer: 'optional' });
  }

  const rows = [rowOf(1, 2), rowOf(3, 3, 1), rowOf(2, 0)];

  it('is the mean binary cross-entropy of several labels, and of one', async () => {
    const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
    const several = {
      problem_type: 'multi_label_classification',
      id2label: { 0: 'a', 1: 'b', 2: 'c' },
    };
    const one = { problem_type: 'single_label_classification' };
    for (const [outputs, config] of [
      [3, several],
      [1, one],
    ] as const) {
      const model = await plainModel(outputs, config, 'batch');
      assert.equal(model.about.head.link, 'sigmoid');
      const targets = [
        [1, 0, 1],
        [0, 0, 0],
        [1, 1, 0],
      ].map(y => y.slice(0, outputs));
      const examples = rows.map((row, i) => ({ row, target: targets[i]! }));
      const losses = await LossModel.of(model, /bias$/u);
      const p = (await Promise.all(rows.map(row => logitsOf(model, [row])))).map(([z]) =>
        z!.map(sigmoid),
      );
      const expected = p.map((probabilities, i) => {
        const each = probabilities.map((pj, j) => -Math.log(targets[i]![j] === 1 ? pj : 1 - pj));
        return each.reduce((a, b) => a + b, 0) / outputs;
      });
      assertClose([...(await losses.losses(examples))], expected, tolerance, 'losses');
      // By the bias: the mean of (p - y) / outputs, and on the diagonal that of p (1 - p) / outputs.
      const mean = (of: (i: number, j: number) => number): number[] =>
        Array.from(
          { length: outputs },
          (_, j) => rows.reduce((sum, _row, i) => sum + of(i, j), 0) / (3 * outputs),
        );
      const gradient = mean((i, j) => p[i]![j]! - targets[i]![j]!);
      assertClose([...(await losses.gradient(examples))], gradient, tolerance, 'gradient');
      const diagonal = mean((i, j) => p[i]![j]! * (1 - p[i]![j]!));
      for (const kind of ['gaussNewton', 'hessian'] as const) {
        const columns = await columnsOf(await losses.curvature(examples, kind));
        const matrix = diagonal.map((value, j) => diagonal.map((_, k) => (j === k ? value : 0)));
        assertClose(columns.flat(), matrix.flat(), tolerance, kind);
      }
      await model.release();
    }
  });

  it('is the mean squared error of a regression', async () => {
    const model = await plainModel(2, { problem_type: 'regression' }, 'batch');
    const targets = [
      [0, 1],
      [2, -1],
      [0.5, 0.25],
    ];
    const examples = rows.map((row, i) => ({ row, target: targets[i]! }));
    const losses = await LossModel.of(model, /bias$/u);
    const z = (await Promise.all(rows.map(row => logitsOf(model, [row])))).map(
      ([values]) => values!,
    );
    const squares = z.map(
      (zi, i) => zi.reduce((sum, zj, j) => sum + (zj - targets[i]![j]!) ** 2, 0) / 2,
    );
    assertClose([...(await losses.losses(examples))], squares, tolerance, 'losses');
    // By the bias the mean over rows and outputs of 2 (z - y), and 2 / outputs on the diagonal.
    const gradient = [0, 1].map(j =>
      z.reduce((sum, zi, i) => sum + (zi[j]! - targets[i]![j]!) / 3, 0),
    );
    assertClose([...(await losses.gradient(examples))], gradient, tolerance, 'gradient');
    const columns = await columnsOf(await losses.curvature(examples, 'hessian'));
    assertClose(columns.flat(), [1, 0, 0, 1], tolerance, 'Hessian');
    await model.release();
  });

  it('is the same where the export fixed the number of rows', async () => {
    const config = { id2label: { 0: 'a', 1: 'b', 2: 'c' } };
    const [free, fixed] = [await plainModel(3, config, 'batch'), await plainModel(3, config, 2)];
    const examples = rows.map((row, target) => ({ row, target }));
    const answers = await Promise.all(
      [free, fixed].map(async model => {
        const losses = await LossModel.of(model, /head/u);
        const v = vectorOf(losses.size);
        const swept = await losses.sweep(examples, v);
        const product = await (await losses.curvature(examples, 'gaussNewton')).times(v);
        return [
          ...swept.losses,
          ...swept.tangents,
          ...(await losses.gradient(examples)),
          ...product,
        ];
      }),
    );
    assertClose(answers[1]!, answers[0]!, 1e-5, 'all results');
    await free.release();
    await fixed.release();
  });

  it('is refused for targets that the model does not have', async () => {
    const row = rowOf(5, 6);
    const losses = await LossModel.of(await family('bert'), /classifier/u);
    for (const target of [3, -1, 0.5, NaN, [1]]) {
      const examples = [
        { row, target: 2 },
        { row, target },
      ];
      const v = vectorOf(losses.size);
      for (const work of [
        () => losses.losses(examples),
        () => losses.sweep(examples, v),
        () => losses.gradient(examples),
        () => losses.curvature(examples, 'gaussNewton'),
      ]) {
        const error = await refusal(work());
        assert.equal(error.code, 'bad-input');
        assert.match(error.message, /^Example 2 has the target [-\d.Na]+, .*leave it out/u);
      }
    }
    const several = { problem_type: 'regression' };
    const model = await plainModel(2, several, 'batch');
    const numbersOf = await LossModel.of(model, /bias$/u);
    for (const target of [[1], [1, Infinity], 1]) {
      const error = await refusal(numbersOf.losses([{ row: rowOf(1, 2), target }]));
      assert.equal(error.code, 'bad-input');
    }
    await model.release();
  });

  it('is refused for answers of questions, and for parameters that are not there', async () => {
    const answering = await refusal(LossModel.of(await family('bert-qa'), /./u));
    assert.equal(answering.code, 'unsupported');
    assert.match(answering.message, /answers questions/u);
    const missing = await refusal(LossModel.of(await family('bert'), /no such/u));
    assert.equal(missing.code, 'bad-input');
  });
});

describe('influence', () => {
  const train = randomExamples(12, 5);
  const test = randomExamples(2, 9);

  it('by CG is that of the dense matrix, for Gauss-Newton and Hessian', async () => {
    for (const [name, choice, curvature] of [
      ['bert', /classifier/u, 'gaussNewton'],
      ['bert', /classifier|layer\.1\.output\.dense\.bias/u, 'hessian'],
      ['gpt2', /score|ln_f/u, 'gaussNewton'],
    ] as const) {
      const losses = await LossModel.of(await family(name), choice);
      const gradients = await gradientsOf(losses, train);
      const target = Array.from(await losses.gradient(test));
      const operator = await losses.curvature(train, curvature);
      const damping = 0.5 * (await largestEigenvalue(operator)).value;
      const matrix = plusDiagonal(await columnsOf(operator), damping);
      const expected = gradients.map(gradient => dot(gradient, solve(matrix, target)));
      const solver: Solver = { method: 'cg', damping, tolerance: 1e-7 };
      const found = await influenceOn(losses, test, train, { solver, curvature });
      assertClose([...found.scores], expected, tolerance, `${name} by ${curvature}`);
      assert.ok(found.residual < 1e-5, `residual ${found.residual}`);
      assert.equal(found.damping, damping);
      const of = [...(await losses.losses(test))];
      assertClose([found.testLoss], [(of[0]! + of[1]!) / 2], tolerance, 'test loss');
      assertClose([...found.losses], [...(await losses.losses(train))], tolerance, 'losses');
    }
  });

  it('has an automatic damping of a tenth of the mean eigenvalue that is not 0', async () => {
    const losses = await LossModel.of(await family('bert'), /classifier/u);
    const few = train.slice(0, 6);
    const operator = await losses.curvature(few, 'gaussNewton');
    assert.equal(operator.rank, 12, 'six lines, three classes');
    const matrix = await columnsOf(operator);
    assert.equal(rankOf(matrix), 12, 'by elimination');
    const mean = matrix.reduce((sum, row, i) => sum + row[i]!, 0) / 12;
    const samples = 300;
    const damping = await automaticDamping(operator, { samples });
    assert.ok(Math.abs(damping / (0.1 * mean) - 1) < 0.1, `${damping}, of a mean of ${mean}`);
    const found = await influenceOn(losses, test, few);
    assert.equal(found.damping, await automaticDamping(operator));
    assert.equal((await losses.curvature(few, 'hessian')).rank, losses.size);
  });

  it('by LiSSA tends to that of CG with its effective damping', async () => {
    const losses = await LossModel.of(await family('bert'), /classifier/u);
    for (const curvature of ['gaussNewton', 'hessian'] as const) {
      const parameters = {
        lissa_batch_size: 12,
        recursion_depth: 300,
        damping: 0.05,
        scale: 'auto',
      } as const;
      const series = await influenceOn(losses, test, train, {
        solver: { method: 'lissa', parameters },
        curvature,
      });
      assert.ok(series.scale !== null && series.damping === 0.05 * series.scale);
      const solver: Solver = { method: 'cg', damping: series.damping, tolerance: 1e-7 };
      const exact = await influenceOn(losses, test, train, { solver, curvature });
      assertClose([...series.scores], [...exact.scores], tolerance, curvature);
      assert.ok(series.residual < 1e-4, `residual ${series.residual}`);
    }
    // AllenNLP's defaults: 2 batches, of which a quarter is none, so scores are gradient products over the scale.
    const defaults = await influenceOn(losses, test, train, { solver: { method: 'lissa' } });
    const plain = await influenceOn(losses, test, train, { solver: { method: 'gradient-dot' } });
    assert.equal(defaults.steps, 0);
    assertClose(
      [...defaults.scores],
      [...plain.scores].map(score => score / 1e4),
      1e-5,
      'defaults',
    );
  });

  it('by LiSSA goes over all training examples, with the Hessian', async () => {
    const losses = await LossModel.of(await family('bert'), /classifier|layer\.1\.output/u);
    const target = await losses.gradient(test);
    const product = await (await losses.curvature(train, 'hessian')).times(target);
    // One step with all of them: h_1 = g + (1 - damping) g - H g / scale.
    const parameters = { lissa_batch_size: 12, recursion_depth: 1, scale: 20, damping: 0.1 };
    const solver: Solver = { method: 'lissa', parameters };
    const expected = target.map((g, i) => (1.9 * g - product[i]! / 20) / 20);
    const options = { solver, curvatureRows: 5 };
    const found = await solveFor(losses, target, train, options);
    assertClose([...found.x], [...expected], 1e-5, 'one step');
    const sampled = await (await curvatureOf(losses, train, options)).times(found.x);
    const off = sampled.map((value, i) => value + 2 * found.x[i]! - target[i]!);
    assertClose([found.residual], [norm(off) / norm(target)], 1e-6, 'residual by five lines');
  });

  it('with C = I is the product of gradients', async () => {
    const losses = await LossModel.of(await family('bert'), { lastBlocks: 1 });
    const gradients = await gradientsOf(losses, train);
    const target = Array.from(await losses.gradient(test));
    const solver: Solver = { method: 'gradient-dot' };
    const { scores } = await influenceOn(losses, test, train, { solver });
    assertClose(
      [...scores],
      gradients.map(g => dot(g, target)),
      tolerance,
      'scores',
    );
    // And what a large damping makes of any curvature.
    const strong: Solver = { method: 'cg', damping: 1e6 };
    const found = await influenceOn(losses, test, train, { solver: strong });
    assertClose(
      [...found.scores].map(score => score * 1e6),
      [...scores],
      tolerance,
      'damped',
    );
  });

  it('is positive for what lowers the test loss when it is given more weight', async () => {
    const losses = await LossModel.of(await family('bert'), /classifier/u);
    // A line helps itself; with another label it would do harm.
    const [own] = train;
    const wrong = { ...own!, target: (Number(own!.target) + 1) % 3 };
    const { scores } = await influenceOn(losses, [own!], [own!, wrong]);
    assert.ok(scores[0]! > 0 && scores[1]! < 0, scores.join());
  });

  it('is the same whatever the batches and the order, and for the same seed to the last bit', async () => {
    const losses = await LossModel.of(await family('bert'), { lastBlocks: 1 });
    const solver: Solver = { method: 'cg', damping: 0.01, tolerance: 1e-6 };
    const expected = await influenceOn(losses, test, train, { solver });
    const again = await influenceOn(losses, test, train, { solver });
    assert.deepEqual(again, expected);
    const other = await influenceOn(losses, test, train.toReversed(), { solver, tokens: 9 });
    assertClose([...other.scores].reverse(), [...expected.scores], tolerance, 'scores');

    const operator = await curvatureOf(losses, train, { solver });
    assert.deepEqual(await influenceOn(losses, test, train, { solver, operator }), expected);

    const sampled = { curvatureRows: 5, seed: 4 };
    const [one, two, three] = [
      await influenceOn(losses, test, train, sampled),
      await influenceOn(losses, test, train, sampled),
      await influenceOn(losses, test, train, { ...sampled, seed: 5 }),
    ];
    assert.deepEqual(one, two);
    assert.notDeepEqual(one.scores, three.scores);
  });

  it('says that a Hessian is not positive definite, and which damping is needed', async () => {
    const losses = await LossModel.of(await family('bert'), { lastBlocks: 1 });
    const hessian = await losses.curvature(train, 'hessian');
    const cg = await conjugateGradient(hessian, await losses.gradient(test));
    assert.equal(cg.stopped, 'negative-curvature');
    const solver: Solver = { method: 'cg', damping: 0 };
    const options = { solver, curvature: 'hessian' } as const;
    const error = await refusal(influenceOn(losses, test, train, options));
    assert.match(error.message, /not positive definite.*damping above [\d.e-]+/u);
    const damping = 2 * Math.abs((await largestEigenvalue(hessian)).value);
    const enough = await conjugateGradient(damped(hessian, damping), await losses.gradient(test));
    assert.equal(enough.stopped, 'tolerance');
  });

  it('is cancelled while it solves and while it sweeps', async () => {
    const losses = await LossModel.of(await family('bert'), /classifier/u);
    for (const pattern of [/^Solving/u, /lines$/u]) {
      const controller = new AbortController();
      const work = influenceOn(losses, test, train, {
        tokens: 1,
        signal: controller.signal,
        progress: ({ says }) => {
          if (pattern.test(says)) controller.abort();
        },
      });
      assert.equal((await refusal(work)).code, 'cancelled');
    }
  });
});
