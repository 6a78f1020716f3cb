/** Tangents and products with the Hessian and Gauss-Newton matrix: identities that hold for any model. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  crossEntropy,
  Derivation,
  gaussNewtonProduct,
  hessianProduct,
  jvp,
  type RowLoss,
} from '../../../src/autodiff/compose';
import { chooseParameters, parametersOf, type Parameter } from '../../../src/autodiff/parameters';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import type { Graph } from '../../../src/onnx/graph';
import { constantOf, elementsOf } from '../../../src/onnx/tensorData';
import { learnerOf } from '../../../src/runtime/learn';
import { learnFacts } from '../../../src/runtime/probe';
import type { Feeds } from '../../../src/runtime/session';
import { assertClose, normals, numbers, seededRandom } from '../../support/numbers';
import { float64, runGraph } from '../../support/runGraph';
import { dot, integerVector, RunningProgram } from '../../support/secondOrder';

const [width, classes, rows] = [3, 4, 5];

/** Inputs x [rows, 3], logits [rows, 4]; `inner` is what happens between the weights A and C. */
function classifier(inner: (b: GraphBuilder, h: string) => string): Graph {
  const graph = emptyGraph('classifier');
  const b = new GraphBuilder(graph);
  const random = seededRandom(3);
  const weight = (name: string, ...dims: number[]): string =>
    b.constant(
      'float64',
      dims,
      normals(
        random,
        dims.reduce((p, d) => p * d, 1),
      ),
      name,
    );
  const x = b.input('x', 'float64', ['rows', width]);
  const first = b.op('Add', [
    b.op('MatMul', [x, weight('m.A.weight', width, 4)]),
    weight('m.A.bias', 4),
  ]);
  const hidden = inner(b, first);
  const logits = b.op(
    'Gemm',
    [hidden, weight('m.C.weight', classes, 4), weight('m.C.bias', classes)],
    { transB: 1 },
  );
  b.output(logits, 'logits');
  return graph;
}

const inners: Record<string, (b: GraphBuilder, h: string) => string> = {
  linear: (_b, h) => h,
  tanh: (b, h) => b.op('Tanh', [h]),
  gated: (b, h) => b.op('Mul', [h, b.op('Sigmoid', [h])]),
  attention: (b, h) => {
    const scores = b.op('MatMul', [h, b.op('Transpose', [h], { perm: [1, 0] })]);
    return b.op('Add', [h, b.op('MatMul', [b.op('Softmax', [scores], { axis: -1 }), h])]);
  },
};

const probes: Feeds[] = [2, 3].map(count => ({ x: draw(1, [count, width]) }));
const labels = [0, 3, 1, 1, 2];

function draw(seed: number, dims: readonly number[]) {
  return float64(
    dims,
    normals(
      seededRandom(seed),
      dims.reduce((p, d) => p * d, 1),
    ),
  );
}

/** Programs of all results for each kind of model, made once. */
const programs = new Map<string, RunningProgram>();

async function programOf(kind: string): Promise<RunningProgram> {
  const kept = programs.get(kind);
  if (kept) return kept;
  const graph = classifier(inners[kind]!);
  const parameters = parametersOf(graph, 'logits');
  const results = ['losses', 'gradient', 'tangents', 'hessian', 'gaussNewton'] as const;
  const options = { probes, dtype: 'float64' } as const;
  const made = await RunningProgram.of(graph, parameters, results, options);
  programs.set(kind, made);
  return made;
}

const anyCase = {
  kind: fc.constantFrom(...Object.keys(inners)),
  seed: fc.integer({ min: 1, max: 100_000 }),
};

/** Rows of inputs, positive weights of the rows, and two random directions. */
function drawn(seed: number, size: number) {
  const random = seededRandom(seed);
  const weights = Array.from({ length: rows }, () => random());
  const [u, v] = [normals(random, size), normals(random, size)];
  return { feeds: { x: draw(seed + 1, [rows, width]) }, weights, u, v };
}

describe('products with second derivatives', () => {
  after(async () => {
    for (const program of programs.values()) await program.release();
  });

  it('keep the dot-product identity <J v, w> = <v, J^T w>', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase.kind, anyCase.seed, async (kind, seed) => {
        const program = await programOf(kind);
        const { feeds, weights, v } = drawn(seed, program.size);
        const found = await program.run(feeds, { labels, weights, vector: v });
        const [left, right] = [dot(found.tangents, weights), dot(found.gradient, v)];
        assert.ok(Math.abs(left - right) <= 1e-10 * scaleOf(left, weights), `${left} ${right}`);
      }),
      { numRuns: 40 },
    );
  });

  it('have symmetric matrices', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase.kind, anyCase.seed, async (kind, seed) => {
        const program = await programOf(kind);
        const { feeds, weights, u, v } = drawn(seed, program.size);
        const ofU = await program.run(feeds, { labels, weights, vector: u });
        const ofV = await program.run(feeds, { labels, weights, vector: v });
        for (const matrix of ['hessian', 'gaussNewton'] as const) {
          const [left, right] = [dot(u, ofV[matrix]), dot(v, ofU[matrix])];
          assert.ok(Math.abs(left - right) <= 1e-9 * scaleOf(left, weights), `${left} ${right}`);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('have a positive semidefinite Gauss-Newton matrix', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase.kind, anyCase.seed, async (kind, seed) => {
        const program = await programOf(kind);
        const { feeds, weights, v } = drawn(seed, program.size);
        const { gaussNewton } = await program.run(feeds, { labels, weights, vector: v });
        const form = dot(v, gaussNewton);
        assert.ok(form > 0, `v^T G v = ${form}`);
      }),
      { numRuns: 40 },
    );
  });

  it('are the differences of the gradient along a direction', async () => {
    for (const [i, kind] of Object.keys(inners).entries()) {
      const graph = classifier(inners[kind]!);
      const parameters = parametersOf(graph, 'logits');
      const program = await programOf(kind);
      const { feeds, weights, v } = drawn(20 + i, program.size);
      const { hessian, tangents } = await program.run(feeds, { labels, weights, vector: v });
      const h = 1e-5;
      const [plus, minus] = await Promise.all(
        [h, -h].map(async step => {
          const moved = movedBy(graph, parameters, v, step);
          const options = { probes, dtype: 'float64' } as const;
          const there = await RunningProgram.of(moved, parameters, ['losses', 'gradient'], options);
          const found = await there.run(feeds, { labels, weights });
          await there.release();
          return found;
        }),
      );
      const difference = (result: 'gradient' | 'losses'): number[] =>
        plus![result].map((value, k) => (value - minus![result][k]!) / (2 * h));
      assertClose(hessian, difference('gradient'), 1e-7, `H v of ${kind}`);
      assertClose(tangents, difference('losses'), 1e-8, `tangents of ${kind}`);
    }
  });

  it('agree where logits are linear in the parameters, and with diag(p) - p p^T by hand', async () => {
    const graph = classifier(inners['tanh']!);
    const parameters = chooseParameters(parametersOf(graph, 'logits'), /C\.bias$/u);
    const results = ['hessian', 'gaussNewton'] as const;
    const options = { probes, dtype: 'float64' } as const;
    const program = await RunningProgram.of(graph, parameters, results, options);
    const { feeds, weights, v } = drawn(7, program.size);
    const found = await program.run(feeds, { labels, weights, vector: v });
    await program.release();
    const logits = numbers((await runGraph(graph, feeds))['logits']);
    const expected = Array<number>(classes).fill(0);
    weights.forEach((weight, row) => {
      const powers = logits.slice(row * classes, (row + 1) * classes).map(Math.exp);
      const p = powers.map(power => power / powers.reduce((s, x) => s + x, 0));
      p.forEach((pi, i) => (expected[i]! += weight * pi * (v[i]! - dot(p, v))));
    });
    assertClose(found.hessian, expected, 1e-12, 'H v');
    assertClose(found.gaussNewton, expected, 1e-12, 'G v');
  });

  it('count a row by its weight: batches add up, and a row of weight 0 is not there', async () => {
    const program = await programOf('gated');
    const { feeds, weights, v } = drawn(11, program.size);
    const whole = await program.run(feeds, { labels, weights, vector: v });
    const sums = new Map<string, number[]>();
    for (const row of labels.keys()) {
      const only = weights.map((weight, i) => (i === row ? weight : 0));
      const part = await program.run(feeds, { labels, weights: only, vector: v });
      for (const result of ['gradient', 'hessian', 'gaussNewton'] as const) {
        const before = sums.get(result) ?? part[result].map(() => 0);
        sums.set(
          result,
          before.map((x, i) => x + part[result][i]!),
        );
      }
    }
    for (const [result, sum] of sums) {
      assertClose(sum, whole[result as 'hessian'], 1e-12, result);
    }
  });
});

/** The size of what is added up, below which no digits can be expected. */
function scaleOf(value: number, weights: readonly number[]): number {
  return Math.max(1, Math.abs(value), ...weights);
}

/** The same model with its parameters moved by step * direction. */
function movedBy(
  graph: Graph,
  parameters: readonly Parameter[],
  direction: readonly number[],
  step: number,
): Graph {
  const constants = new Map(graph.constants);
  let offset = 0;
  for (const { value, dims } of parameters) {
    const before = Array.from<number | bigint, number>(elementsOf(constants.get(value)!), Number);
    const after = before.map((x, i) => x + step * direction[offset + i]!);
    constants.set(value, constantOf('float64', dims, after));
    offset += before.length;
  }
  return { ...graph, constants };
}

/** A derivation of a graph in x [rows, 3], and what it computes at a drawn x. */
async function derivationOf(graph: Graph): Promise<Derivation> {
  return new Derivation(graph, await learnFacts(graph, probes), learnerOf(probes));
}

async function valuesOf(derivation: Derivation, names: readonly string[]): Promise<number[][]> {
  const graph = await derivation.finish(new Map(names.map((name, i) => [`y${i}`, name])));
  const results = await runGraph(graph, { x: draw(5, [rows, width]) });
  return names.map((_, i) => numbers(results[`y${i}`]));
}

describe('jvp', () => {
  it('adds up tangents of values whose adjoints are one and the same', async () => {
    // y = (x + a) + c: the adjoints of a and c are both the sum of y's; dy = da + dc.
    const graph = emptyGraph('shared');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['rows', width]);
    const [a, c] = ['a', 'c'].map(name => b.constant('float64', [1, width], [1, 2, 3], name));
    const y = b.op('Add', [b.op('Add', [x, a!]), c!]);
    b.output(y);
    const derivation = await derivationOf(graph);
    const [da, dc] = [
      [1, 0, 0],
      [0, 10, 0],
    ].map(v => b.constant('float64', [1, width], v));
    const found = await jvp(
      derivation,
      [y],
      new Map([
        [a!, da!],
        [c!, dc!],
      ]),
    );
    const [dy] = await valuesOf(derivation, [found.get(y)!]);
    assert.deepEqual(dy, Array.from({ length: rows }, () => [1, 10, 0]).flat());
  });

  it('leaves out what does not move, and does not stop at what does', async () => {
    const graph = emptyGraph('still');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['rows', width]);
    const a = b.constant('float64', [], [3], 'a');
    const [moving, still] = [b.op('Mul', [x, a]), b.op('Tanh', [x])];
    b.output(moving);
    b.output(still);
    const derivation = await derivationOf(graph);
    const one = b.scalar(1, 'float64');
    const found = await jvp(derivation, [moving, still], new Map([[a, one]]));
    assert.deepEqual([...found.keys()], [moving]);
    const [tangent] = await valuesOf(derivation, [found.get(moving)!]);
    assert.deepEqual(tangent, numbers(draw(5, [rows, width])));
  });

  it('moves by inputs and inner values as well as by constants', async () => {
    // d(x^2) in direction x is 2 x^2; by the inner value t = 2 x, d(t^2) in direction x is 4 x^2.
    const graph = emptyGraph('inner');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['rows', width]);
    const t = b.op('Mul', [x, b.scalar(2, 'float64')]);
    const [u, w] = [b.op('Mul', [x, x]), b.op('Mul', [t, t])];
    b.output(u);
    b.output(w);
    const derivation = await derivationOf(graph);
    const du = (await jvp(derivation, [u], new Map([[x, x]]))).get(u)!;
    const dw = (await jvp(derivation, [w], new Map([[t, x]]))).get(w)!;
    const square = numbers(draw(5, [rows, width])).map(value => value * value);
    const [left, right] = await valuesOf(derivation, [du, dw]);
    assertClose(
      left!,
      square.map(value => 2 * value),
      1e-14,
      'by the input',
    );
    assertClose(
      right!,
      square.map(value => 4 * value),
      1e-14,
      'by the inner value',
    );
  });
});

describe('Hessian products', () => {
  it('say nothing of a loss that is linear in the parameters', async () => {
    const graph = emptyGraph('linear');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['rows', width]);
    const a = b.constant('float64', [width, 1], [1, 2, 3], 'a');
    const z = b.op('MatMul', [x, a]);
    b.output(z);
    const derivation = await derivationOf(graph);
    const losses = b.op('Squeeze', [z, b.ints([1])]);
    const weights = await derivation.placeholder(losses);
    const tangents = new Map([[a, b.constant('float64', [width, 1], [1, 1, 1])]]);
    assert.deepEqual([...(await hessianProduct(derivation, losses, weights, tangents))], []);
    const product = await gaussNewtonProduct(derivation, z, losses, weights, tangents);
    assert.deepEqual([...product], []);
  });

  it('take any loss of rows: half the squared error has the Hessian X^T X', async () => {
    const graph = emptyGraph('regression');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['rows', width]);
    const a = b.constant('float64', [width, 1], [1, 2, 3], 'm.a.weight');
    b.output(b.op('MatMul', [x, a]), 'prediction');
    const squared: RowLoss = (derivation, prediction) => {
      const c = derivation.builder('loss/');
      const half = c.op('Mul', [c.op('Mul', [prediction, prediction]), c.scalar(0.5, 'float64')]);
      return c.op('Squeeze', [half, c.ints([1])]);
    };
    const results = ['hessian', 'gaussNewton'] as const;
    const program = await RunningProgram.of(graph, parametersOf(graph, 'prediction'), results, {
      probes,
      loss: squared,
      dtype: 'float64',
    });
    const feeds = { x: draw(5, [rows, width]) };
    const v = [1, -2, 0.5];
    const found = await program.run(feeds, { weights: Array<number>(rows).fill(1), vector: v });
    await program.release();
    const values = numbers(feeds.x);
    const row = (i: number): number[] => values.slice(i * width, (i + 1) * width);
    const expected = v.map((_, k) =>
      Array.from({ length: rows }, (__, i) => row(i)[k]! * dot(row(i), v)).reduce((s, t) => s + t),
    );
    assertClose(found.hessian, expected, 1e-12, 'H v');
    assertClose(found.gaussNewton, expected, 1e-12, 'G v');
  });
});

describe('crossEntropy', () => {
  it('is -log p of the label, summed over the positions that have one', async () => {
    const graph = emptyGraph('positions');
    const b = new GraphBuilder(graph);
    b.output(b.op('Neg', [b.input('x', 'float64', ['rows', 'length', classes])]), 'logits');
    const few: Feeds[] = [{ x: draw(1, [2, 3, classes]) }, { x: draw(1, [3, 5, classes]) }];
    const facts = await learnFacts(graph, few);
    const derivation = new Derivation(graph, facts, learnerOf(few));
    const losses = crossEntropy(derivation, 'logits');
    const x = draw(2, [2, 3, classes]);
    const some = [0, -100, 3, -100, 2, -1];
    const feeds: Feeds = { x, labels: { ...integerVector(some), dims: [2, 3] } };
    const results = await runGraph(await derivation.finish(new Map([['losses', losses]])), feeds);
    const expected = [0, 0];
    some.forEach((label, i) => {
      if (label < 0) return;
      const logits = numbers(x)
        .slice(i * classes, (i + 1) * classes)
        .map(value => -value);
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      expected[Math.floor(i / 3)]! += Math.log(total) - logits[label]!;
    });
    assertClose(numbers(results['losses']), expected, 1e-12, 'losses');
  });
});
