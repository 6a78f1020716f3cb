/** EK-FAC against the dense Gauss-Newton matrix, brute force, and itself interrupted. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Derivation } from '../../../src/autodiff/compose';
import type { Choice } from '../../../src/autodiff/parameters';
import type { Example } from '../../../src/interpret/influence/curvature/batches';
import { drawNumbers } from '../../../src/interpret/influence/curvature/chunks';
import { LossModel } from '../../../src/interpret/influence/curvature/lossModel';
import { prepareFactors, type LayerFactors } from '../../../src/interpret/influence/ekfac/factors';
import { GhostProducts } from '../../../src/interpret/influence/ekfac/ghostProducts';
import { dampings, Inverse, inverted } from '../../../src/interpret/influence/ekfac/inverse';
import { KeptFactors } from '../../../src/interpret/influence/ekfac/keptFactors';
import {
  appendDirections,
  planDirections,
} from '../../../src/interpret/influence/ekfac/outputDirections';
import { symmetricEigen } from '../../../src/interpret/influence/ekfac/symmetricEigen';
import { ekfacMethod, ekfacSuspicion } from '../../../src/interpret/influence/methods/ekfac';
import { resolveSuspicionOptions } from '../../../src/interpret/influence/options';
import type { Model } from '../../../src/model/model';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { writeModel } from '../../../src/onnx/writeModel';
import type { GlassboxError } from '../../../src/protocol/messages';
import { learnerOf } from '../../../src/runtime/learn';
import { learnFacts } from '../../../src/runtime/probe';
import { Bench, denseOf, options, randomExamples, tagsBelow } from '../../support/deepInfluence';
import { plusDiagonal } from '../../support/denseMatrix';
import { matricesOf, vectorOf } from '../../support/layerVectors';
import { MemoryTraining } from '../../support/memoryTraining';
import { rowOf } from '../../support/models';
import { assertClose, normals, numbers as numbersOf, seededRandom } from '../../support/numbers';
import { float32, runGraph } from '../../support/runGraph';
import { dot, solve } from '../../support/secondOrder';

/** The models are float32; relative to the largest entry. */
const tolerance = 1e-4;

const bench = new Bench();

after(async () => bench.release());

/** Logits W mean(words) + b; the words are those of a table [8, 3]. */
async function plainModel(outputs: number, config: object, weight: number): Promise<Model> {
  const graph = emptyGraph('plain');
  const b = new GraphBuilder(graph);
  const random = seededRandom(3);
  const ids = b.input('input_ids', 'int64', ['batch', 'length']);
  const table = b.constant('float32', [8, 3], normals(random, 24), 'table');
  const words = b.op('Gather', [table, ids], { axis: 0 });
  const mean = b.op('ReduceMean', [words, b.ints([1])], { keepdims: 0 });
  const weights = normals(random, 3 * outputs).map(value => weight * value);
  const matrix = b.constant('float32', [3, outputs], weights, 'm.head.weight');
  const bias = b.constant('float32', [outputs], normals(random, outputs), 'm.head.bias');
  b.output(b.op('Gemm', [mean, matrix, bias]), 'logits');
  const files = { 'model.onnx': writeModel(graph), 'config.json': JSON.stringify(config) };
  return await bench.model(bench.folders.with(files));
}

const plainRows = [
  [1, 2],
  [3, 3, 1],
  [2, 0],
  [7, 5, 4, 6],
  [6, 1],
  [4, 4, 5],
].map(ids => rowOf(...ids));

interface Opened {
  readonly losses: LossModel;
  readonly ghosts: GhostProducts;
  readonly factors: readonly LayerFactors[];
}

async function open(
  model: Model,
  choice: Choice,
  examples: readonly Example[],
  more: { tokens?: number; numbers?: readonly number[]; seed?: number } = {},
): Promise<Opened> {
  const losses = await LossModel.of(model, choice);
  const ghosts = await GhostProducts.of(losses);
  const kept = await KeptFactors.open(bench.cacheDir(), 'test');
  const train = new MemoryTraining(model, examples);
  const numbers = [...examples.keys()];
  const factors = await prepareFactors(ghosts, train, { kept, seed: 0, numbers, ...more });
  return { losses, ghosts, factors };
}

/** q_out q_in^T for a pair of eigenvectors of a layer, as a flat vector of all chosen parameters; 0 for other layers. */
function direction({ losses, ghosts, factors }: Opened, layer: number, out: number, into: number) {
  const matrices = ghosts.layers.map(({ outputs, columns }, at) => {
    const matrix = new Float64Array(outputs * columns);
    if (at !== layer) return matrix;
    const { inputs, outputs: basis } = factors[at]!;
    return matrix.map((_, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      return basis[row * outputs + out]! * inputs[column * columns + into]!;
    });
  });
  return vectorOf(ghosts.layers, losses.layout, matrices);
}

/** Eigenvalues of some pairs of eigenvectors, and v^T C v with the dense Gauss-Newton matrix C. */
async function assertDiagonal(opened: Opened, examples: readonly Example[], what: string) {
  const { losses, ghosts, factors } = opened;
  const operator = await losses.curvature(examples, 'gaussNewton');
  const random = seededRandom(8);
  for (const [at, { outputs, columns, name }] of ghosts.layers.entries()) {
    const { eigenvalues } = factors[at]!;
    const expected: number[] = [];
    const found: number[] = [];
    for (let i = 0; i < 5; i++) {
      // The last eigenvectors are those of the largest eigenvalues.
      const out = i === 0 ? outputs - 1 : Math.floor(random() * outputs);
      const into = i === 0 ? columns - 1 : Math.floor(random() * columns);
      const v = direction(opened, at, out, into);
      expected.push(dot([...v], [...(await operator.times(v))]));
      found.push(eigenvalues[out * columns + into]!);
    }
    assertClose(found, expected, tolerance, `${what}, ${name}`);
  }
}

describe('directions of the curvature by the logits', () => {
  it('add up to diag(p) - p p^T, however sure the model is', async () => {
    const { head } = (await bench.family('bert')).about;
    const graph = emptyGraph('logits');
    const b = new GraphBuilder(graph);
    b.output(b.op('Identity', [b.input('z', 'float32', ['rows', 3])]), 'logits');
    const probes = [2, 3].map(rows => ({ z: float32([rows, 3], Array<number>(3 * rows).fill(1)) }));
    const derivation = new Derivation(graph, await learnFacts(graph, probes), learnerOf(probes));
    const weights = derivation.input('weights', 'float32', [[2], [3]]);
    const plan = planDirections(head, 120);
    const found = appendDirections(derivation, head, plan, 'logits', weights);
    assert.equal(found.length, 2);
    const names = found.map((value, j): [string, string] => [`s${j}`, value]);
    const program = await derivation.finish(new Map(names));
    const z = [
      [0.5, -1, 2],
      [120, 0, -120],
      [-120, 0, 120],
      [0, 90, 90],
      [0, 0, 0],
    ];
    const scales = [1, 1, 1, 0.25, 0];
    const feeds = { z: float32([5, 3], z.flat()), weights: float32([5], scales) };
    const results = await runGraph(program, feeds);
    const directions = names.map(([name]) => numbersOf(results[name]));
    z.forEach((logits, row) => {
      const largest = Math.max(...logits);
      const sizes = logits.map(value => Math.exp(value - largest));
      const p = sizes.map(size => size / sizes.reduce((sum, other) => sum + other, 0));
      for (const [j, k] of [0, 1, 2].flatMap(at => [0, 1, 2].map(other => [at, other] as const))) {
        const sum = directions.reduce((s, d) => s + d[3 * row + j]! * d[3 * row + k]!, 0);
        const expected = scales[row]! * ((j === k ? p[j]! : 0) - p[j]! * p[k]!);
        assert.ok(Math.abs(sum - expected) < 1e-6, `row ${row}: ${sum} for ${expected}`);
      }
    });
  });
});

describe('eigenvalues of EK-FAC', () => {
  it('are the diagonal of the Gauss-Newton matrix in the eigenbases, of texts', async () => {
    const examples = randomExamples(7, 2);
    const opened = await open(await bench.family('gpt2'), { lastBlocks: 1 }, examples);
    await assertDiagonal(opened, examples, 'gpt2');
  });

  it('are so of several labels, of numbers, and of one token each', async () => {
    const labels = randomExamples(7, 2, below => [0, 1, 2].map(() => below(2)));
    await assertDiagonal(
      await open(await bench.severalLabels(), /dense|head/u, labels),
      labels,
      'labels',
    );
    const regression = await plainModel(2, { problem_type: 'regression' }, 1);
    const numbers = plainRows.map((row, i) => ({ row, target: [Math.sin(i), i / 5] }));
    await assertDiagonal(await open(regression, /head/u, numbers), numbers, 'numbers');
    const tagger = await bench.family('bert-ner');
    const tags = randomExamples(6, 4, (below, length) =>
      Array.from({ length }, (_, i) => (i === 1 ? below(5) : -100)),
    );
    await assertDiagonal(await open(tagger, { lastBlocks: 1 }, tags), tags, 'a token');
  });

  it('are so in expectation of many tokens, and of more labels than are gone through', async () => {
    const cases: [Model, Choice, Example[]][] = [
      [await bench.family('bert-ner'), /classifier/u, randomExamples(5, 4, tagsBelow(5))],
      [
        await bench.family('bert-mlm'),
        /decoder|predictions.transform.dense/u,
        randomExamples(3, 4, tagsBelow(100)),
      ],
      [
        await bench.severalLabels(9),
        /head/u,
        randomExamples(5, 6, below => Array.from({ length: 9 }, () => below(2))),
      ],
    ];
    for (const [model, choice, examples] of cases) {
      const first = await open(model, choice, examples);
      assert.equal(first.ghosts.directions.exact, false);
      const { layers } = first.ghosts;
      const bases = first.ghosts.basisFeeds(first.factors);
      const sums = first.ghosts.zeros(({ outputs, columns }) => outputs * columns);
      const seeds = 100;
      for (let seed = 0; seed < seeds; seed++) {
        await first.ghosts.addEigenvalues(examples, bases, sums, { seed });
      }
      const operator = await first.losses.curvature(examples, 'gaussNewton');
      const [{ outputs, columns }] = layers as [(typeof layers)[0]];
      for (let i = 0; i < 3; i++) {
        const [out, into] = [outputs - 1 - i, columns - 1 - i];
        const v = direction(first, 0, out, into);
        const expected = dot([...v], [...(await operator.times(v))]);
        const found = sums[0]![out * columns + into]! / seeds / examples.length;
        assert.ok(Math.abs(found / expected - 1) < 0.25, `${found} for ${expected}`);
      }
    }
  });
});

describe('eigenvectors of a symmetric matrix', () => {
  const random = seededRandom(4);
  const matrixOf = (size: number): Float64Array => {
    const data = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) data[i * size + j] = data[j * size + i] = random() - 0.5;
    }
    return data;
  };

  it('are orthonormal and turn it into a diagonal, in this thread and in another', async () => {
    for (const size of [1, 5, 170]) {
      const data = matrixOf(size);
      const vectors = await symmetricEigen({ data, size });
      const column = (j: number): number[] =>
        Array.from({ length: size }, (_, i) => vectors[i * size + j]!);
      let before = -Infinity;
      for (const j of new Set([0, Math.floor(size / 2), size - 1])) {
        const q = column(j);
        const product = q.map((_, i) => dot([...data.subarray(i * size, (i + 1) * size)], q));
        const value = dot(q, product);
        assert.ok(value > before || j === 0, 'ascending');
        before = value;
        assertClose(
          product,
          q.map(entry => value * entry),
          1e-10,
          `A q of ${size}`,
        );
        for (let k = 0; k < size; k++) {
          assert.ok(Math.abs(dot(q, column(k)) - Number(j === k)) < 1e-12, 'orthonormal');
        }
      }
    }
  });

  it('are given up at once when that is wanted', async () => {
    const controller = new AbortController();
    const work = symmetricEigen({ data: matrixOf(1500), size: 1500 }, controller.signal);
    setImmediate(() => {
      controller.abort();
    });
    await assert.rejects(work, (error: unknown) => (error as GlassboxError).code === 'cancelled');
    await assert.rejects(
      symmetricEigen({ data: matrixOf(2), size: 2 }, controller.signal),
      (error: unknown) => (error as GlassboxError).code === 'cancelled',
    );
  });
});

/** C^-1 g by EK-FAC, as a flat vector. */
async function byEkfac(
  { losses, ghosts, factors }: Opened,
  g: Float64Array,
  wanted: number | null,
) {
  const inverse = await Inverse.open();
  const matrices = matricesOf(ghosts.layers, losses.layout, g);
  const damping = dampings(factors, wanted);
  const found = await inverse.times(ghosts.layers, factors, damping, matrices);
  await inverse.release();
  return vectorOf(ghosts.layers, losses.layout, found);
}

describe('the inverse by EK-FAC', () => {
  it('is the dense one where its assumptions hold', async () => {
    const config = { id2label: { 0: 'a', 1: 'b', 2: 'c' } };
    // Of squared errors the curvature by the outputs is constant; of a softmax where the inputs do not move the logits.
    const cases: [string, Model, (i: number) => Example['target']][] = [
      [
        'numbers',
        await plainModel(2, { problem_type: 'regression' }, 1),
        i => [Math.sin(i), i / 5],
      ],
      ['a softmax', await plainModel(3, config, 0), i => i % 3],
    ];
    for (const [name, model, targetOf] of cases) {
      const examples = plainRows.map((row, i) => ({ row, target: targetOf(i) }));
      const opened = await open(model, /head/u, examples);
      const dense = await denseOf(await opened.losses.curvature(examples, 'gaussNewton'));
      const g = await opened.losses.gradient([examples[0]!]);
      for (const damping of [0.01, 1]) {
        const expected = solve(plusDiagonal(dense, damping), [...g]);
        const found = await byEkfac(opened, g, damping);
        assertClose([...found], expected, tolerance, `${name}, damping ${damping}`);
      }
      // By itself: a tenth of the mean eigenvalue, which is that of the trace.
      const trace = dense.reduce((sum, row, i) => sum + row[i]!, 0) / dense.length;
      assertClose(dampings(opened.factors, null), [trace / 10], tolerance, 'automatic damping');
    }
  });

  it('without damping leaves directions without curvature alone', async () => {
    const model = await plainModel(3, { id2label: { 0: 'a', 1: 'b', 2: 'c' } }, 0);
    const examples = plainRows.map((row, i) => ({ row, target: i % 3 }));
    const opened = await open(model, /head/u, examples);
    // Logits may all grow by the same: the gradient has no part there, and C is singular.
    const g = await opened.losses.gradient([examples[0]!]);
    const x = await byEkfac(opened, g, 0);
    const operator = await opened.losses.curvature(examples, 'gaussNewton');
    assertClose([...(await operator.times(x))], [...g], tolerance, 'C x = g');
  });
});

describe('self-influence by EK-FAC', () => {
  it('is g^T (C + damping I)^-1 g', async () => {
    const labels = randomExamples(5, 2, below => [0, 1, 2].map(() => below(2)));
    for (const [model, choice, examples] of [
      [await bench.family('bert-ner'), { lastBlocks: 1 }, randomExamples(5, 2, tagsBelow(5))],
      [await bench.severalLabels(), /dense|head/u, labels],
    ] as const) {
      const opened = await open(model, choice, examples);
      const { ghosts, factors, losses } = opened;
      const inverses = factors.map((layer, at) => inverted(layer, dampings(factors, null)[at]!));
      const bases = ghosts.basisFeeds(factors, inverses);
      const { numbers, losses: found } = await ghosts.selfInfluence(examples, bases);
      const expected: number[] = [];
      for (const example of examples) {
        const g = vectorOf(ghosts.layers, losses.layout, await ghosts.gradient([example]));
        expected.push(dot([...g], [...(await byEkfac(opened, g, null))]));
      }
      assertClose([...numbers], expected, tolerance, 'self-influence');
      assertClose([...found], [...(await losses.losses(examples))], tolerance, 'losses');
      const alone = await ghosts.selfInfluence(examples.toReversed(), bases, { tokens: 1 });
      assertClose([...alone.numbers].reverse(), [...numbers], 2e-5, 'batches and order');
    }
  });
});

describe('EK-FAC over a training file', () => {
  const train = randomExamples(13, 5);
  const tests = randomExamples(2, 9);
  const wanted = options({ curvatureLines: 8, damping: null });

  it('scores every line, and is the same however often it was stopped', async () => {
    const model = await bench.family('bert');
    const set = new MemoryTraining(model, train);
    const whole = await ekfacMethod(tests, wanted, bench.context(set));
    const losses = await LossModel.of(model, { lastBlocks: 1 });
    assertClose([...whole.losses!], [...(await losses.losses(train))], tolerance, 'losses');
    assert.match(whole.says, /^EK-FAC on the Gauss-Newton matrix of 8 of 13 lines/u);
    assert.ok(whole.damping! > 0);
    assert.ok(whole.notes.some(({ says }) => says.includes('LayerNorm')));

    // g_test^T (C + damping I)^-1 g_i, written out, with the curvature of the lines that the seed has drawn.
    const numbers = drawNumbers(13, 8, wanted.seed);
    const opened = await open(model, { lastBlocks: 1 }, train, { numbers, tokens: 5 });
    const { ghosts } = opened;
    const flat = async (some: readonly Example[]) =>
      vectorOf(ghosts.layers, losses.layout, await ghosts.gradient(some));
    const x = await byEkfac(opened, await flat(tests), null);
    const expected: number[] = [];
    for (const line of train) expected.push(dot([...x], [...(await flat([line]))]));
    assertClose([...whole.scores], expected, tolerance, 'scores');

    const cacheDir = bench.cacheDir();
    let stops = 0;
    for (let after = 1; ; after += 3) {
      const controller = new AbortController();
      let steps = 0;
      const progress = (): void => {
        if (++steps === after) controller.abort();
      };
      const fresh = new MemoryTraining(model, train);
      const context = bench.context(fresh, { cacheDir, signal: controller.signal, progress });
      try {
        const found = await ekfacMethod(tests, wanted, context);
        assert.deepEqual(found.scores, whole.scores);
        assert.equal(found.says, whole.says);
        break;
      } catch (error) {
        assert.equal((error as GlassboxError).code, 'cancelled');
        stops++;
      }
    }
    assert.ok(stops >= 3, `${stops} stops`);

    // What is prepared is not prepared again, for other questions too; what is broken is.
    const folder = readdirSync(cacheDir).find(name => name.startsWith('ekfac-'))!;
    const again = new MemoryTraining(model, train);
    await ekfacMethod([tests[0]!], wanted, bench.context(again, { cacheDir }));
    assert.equal(again.read, 13, 'one pass');
    writeFileSync(path.join(cacheDir, folder, '0.inputs'), 'broken');
    const mended = new MemoryTraining(model, train);
    const other = await ekfacMethod(tests, wanted, bench.context(mended, { cacheDir }));
    assert.deepEqual(other.scores, whole.scores);
  });

  it('ranks lines by self-influence', async () => {
    const model = await bench.family('bert');
    const set = new MemoryTraining(model, train);
    const asked = resolveSuspicionOptions({ params: 'classifier' });
    const { scores, losses, notes } = await ekfacSuspicion(asked, bench.context(set));
    const opened = await open(model, /classifier/u, train);
    for (const at of [0, 7]) {
      const g = await opened.losses.gradient([train[at]!]);
      const expected = dot([...g], [...(await byEkfac(opened, g, null))]);
      assertClose([scores[at]!], [expected], tolerance, `line ${at}`);
    }
    assert.ok(losses!.every(Number.isFinite));
    assert.deepEqual(notes, []);
  });
});
