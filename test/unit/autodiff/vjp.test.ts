/** The walk: what it reaches, where it stops, what it says, and identities that hold for any function. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cleanup } from '../../../src/autodiff/passes';
import type { Facts } from '../../../src/autodiff/shapes';
import { spread } from '../../../src/autodiff/rule';
import { rules } from '../../../src/autodiff/rules';
import { vjp } from '../../../src/autodiff/vjp';
import { emptyGraph, GraphBuilder } from '../../../src/onnx/builder';
import { checkGraph } from '../../../src/onnx/checkGraph';
import type { Graph } from '../../../src/onnx/graph';
import { GlassboxError } from '../../../src/protocol/messages';
import { learnFacts } from '../../../src/runtime/probe';
import type { TensorValue } from '../../../src/runtime/session';
import { assertClose, normals, numbers, seededRandom } from '../../support/numbers';
import { float64, runGraph } from '../../support/runGraph';

const draw = (seed: number, dims: readonly number[]): TensorValue =>
  float64(
    dims,
    normals(
      seededRandom(seed),
      dims.reduce((p, d) => p * d, 1),
    ),
  );

/** Facts of a graph whose inputs are float64 of the given probe shapes. */
function factsOf(graph: Graph, shapes: Record<string, number[]>[]): Promise<Facts> {
  return learnFacts(
    graph,
    shapes.map(shape =>
      Object.fromEntries(Object.entries(shape).map(([k, dims]) => [k, draw(1, dims)])),
    ),
  );
}

describe('vjp', () => {
  it('accumulates where a value is used several times', async () => {
    // y = x * x + x, seeded with 1: 2 x + 1.
    const graph = emptyGraph('poly');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['n']);
    const y = b.op('Add', [b.op('Mul', [x, x]), x]);
    b.output(y);
    const facts = await factsOf(graph, [{ x: [2] }, { x: [3] }]);
    const seed = b.input('seed', 'float64', ['n']);
    b.output(vjp({ graph, seeds: new Map([[y, seed]]), wrt: [x], facts }).get(x)!, 'dx');
    const results = await runGraph(graph, {
      x: float64([2], [3, -1]),
      seed: float64([2], [1, 10]),
    });
    assert.deepEqual(numbers(results['dx']), [7, -10]);
  });

  it('adds the seeds of several values, one inside the other', async () => {
    // s = x^2, y = s^2; seeds on both: dx = (gs + gy 2 s) 2 x.
    const graph = emptyGraph('seeds');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', []);
    const s = b.op('Mul', [x, x]);
    const y = b.op('Mul', [s, s]);
    b.output(y);
    b.output(s);
    const facts = await factsOf(graph, [{ x: [] }]);
    const seeds = new Map([
      [s, b.scalar(10, 'float64')],
      [y, b.scalar(1, 'float64')],
    ]);
    const found = vjp({ graph, seeds, wrt: [x, s], facts });
    b.output(found.get(x)!, 'dx');
    b.output(found.get(s)!, 'ds');
    const results = await runGraph(graph, { x: float64([], [3]) });
    assert.deepEqual(numbers(results['ds']), [10 + 18]);
    assert.deepEqual(numbers(results['dx']), [28 * 6]);
  });

  it('leaves out values from which no seed can be reached', async () => {
    const graph = emptyGraph('apart');
    const b = new GraphBuilder(graph);
    const [x, z] = [b.input('x', 'float64', ['n']), b.input('z', 'float64', ['n'])];
    const y = b.op('Sin', [x]);
    b.output(y);
    b.output(b.op('Cos', [z]));
    const facts = await factsOf(graph, [
      { x: [2], z: [2] },
      { x: [3], z: [3] },
    ]);
    const nodes = graph.nodes.length;
    const found = vjp({ graph, seeds: new Map([[y, x]]), wrt: [z], facts });
    assert.deepEqual([...found], []);
    assert.equal(graph.nodes.length, nodes, 'nothing was appended');
  });

  it('stops at shapes, integers, comparisons and steps', async () => {
    const graph = emptyGraph('steps');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['n']);
    const count = b.op('Cast', [b.op('Shape', [x])], { to: 'float64' });
    const whole = b.op('Cast', [b.op('Cast', [x], { to: 'int64' })], { to: 'float64' });
    const above = b.op('Cast', [b.op('Greater', [x, b.scalar(0, 'float64')])], { to: 'float64' });
    const y = ['Floor', 'Sign', 'Round', 'Ceil']
      .map(op => b.op(op, [x]))
      .reduce(
        (sum, part) => b.op('Add', [sum, part]),
        b.op('Add', [b.op('Add', [count, whole]), above]),
      );
    b.output(y);
    const facts = await factsOf(graph, [{ x: [2] }, { x: [3] }]);
    assert.deepEqual([...vjp({ graph, seeds: new Map([[y, x]]), wrt: [x], facts })], []);
  });

  it('differentiates by constants, and adds up the uses of a tied one', async () => {
    // y = W (W x): dW = g (W x)^T + (W^T g) x^T; here 1 x 1.
    const graph = emptyGraph('tied');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['n', 1]);
    const w = b.constant('float64', [1, 1], [3], 'W');
    const y = b.op('MatMul', [b.op('MatMul', [x, w]), w]);
    b.output(y);
    const facts = await factsOf(graph, [{ x: [2, 1] }, { x: [3, 1] }]);
    const seed = b.input('seed', 'float64', ['n', 1]);
    b.output(vjp({ graph, seeds: new Map([[y, seed]]), wrt: [w], facts }).get(w)!, 'dW');
    const feeds = { x: float64([2, 1], [1, 2]), seed: float64([2, 1], [1, 1]) };
    const { dW } = await runGraph(graph, feeds);
    assert.deepEqual(dW!.dims, [1, 1]);
    assert.deepEqual(numbers(dW), [2 * 3 * (1 + 2)]);
  });

  it('names op, node and the way out where a rule is missing, and only on the path', async () => {
    const graph = emptyGraph('missing');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['n', 'm']);
    const single = b.op('Cast', [b.op('MatMul', [x, x])], { to: 'float32' });
    const det = b.op('Cast', [b.op('Det', [single])], { to: 'float64' });
    const y = b.op('Mul', [x, det]);
    b.output(y);
    const facts = await factsOf(graph, [{ x: [2, 2] }, { x: [3, 3] }]);
    assert.throws(
      () => vjp({ graph, seeds: new Map([[y, x]]), wrt: [x], facts }),
      error => {
        assert.ok(error instanceof GlassboxError);
        assert.equal(error.code, 'unsupported');
        assert.match(error.message, /Det "Det_1"/);
        assert.match(error.message, /export the model/);
        return true;
      },
    );
    // By a value after it, the same op is no obstacle.
    assert.equal(vjp({ graph, seeds: new Map([[y, x]]), wrt: [det], facts }).size, 1);
  });

  it('refuses to differentiate by an input that its rule does not cover', async () => {
    const graph = emptyGraph('part');
    const b = new GraphBuilder(graph);
    const [x, c] = [b.input('x', 'float64', ['n']), b.input('c', 'float64', ['n'])];
    const y = b.op('Mul', [x, c]);
    b.output(y);
    const facts = await factsOf(graph, [
      { x: [2], c: [2] },
      { x: [3], c: [3] },
    ]);
    const partly = { ...rules, Mul: (g: string) => [spread(() => g)] };
    assert.throws(
      () => vjp({ graph, seeds: new Map([[y, x]]), wrt: [c], facts, rules: partly }),
      /Mul.*input 1.*no derivative rule/s,
    );
  });

  it('asks for facts that were not learned', () => {
    const graph = emptyGraph('late');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['n']);
    const facts: Facts = new Map();
    const y = b.op('Sin', [x]);
    assert.throws(
      () => vjp({ graph, seeds: new Map([[y, x]]), wrt: [x], facts }),
      /facts must be learned/,
    );
  });

  it('walks with other rules where a table is given', async () => {
    const graph = emptyGraph('relevance');
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float64', ['n']);
    const y = b.op('Tanh', [x]);
    b.output(y);
    const facts = await factsOf(graph, [{ x: [2] }, { x: [3] }]);
    const table = { ...rules, Tanh: (g: string) => [spread(() => g)] };
    const found = vjp({ graph, seeds: new Map([[y, x]]), wrt: [x], facts, rules: table });
    assert.equal(found.get(x), x, 'the adjoint passes Tanh unchanged');
  });
});

/** A random chain of smooth ops on [n, 3] with a weight, and its vjp as the output dx. */
async function randomNet(ops: readonly string[]): Promise<Graph> {
  const graph = emptyGraph('random');
  const b = new GraphBuilder(graph);
  const x = b.input('x', 'float64', ['n', 3]);
  const w = b.constant('float64', [3, 3], normals(seededRandom(5), 9), 'W');
  const y = ops.reduce((h, op) => step(b, op, h, w, x), x);
  b.output(y, 'y');
  const facts = await factsOf(graph, [{ x: [2, 3] }, { x: [4, 3] }]);
  const seed = b.input('seed', 'float64', ['n', 3]);
  const found = vjp({ graph, seeds: new Map([[y, seed]]), wrt: [x], facts });
  b.output(b.op('Identity', [found.get(x) ?? b.op('Mul', [seed, b.scalar(0, 'float64')])]), 'dx');
  const clean = cleanup(graph);
  checkGraph(clean);
  return clean;
}

function step(b: GraphBuilder, op: string, h: string, w: string, x: string): string {
  switch (op) {
    case 'MatMul':
      return b.op('MatMul', [h, w]);
    case 'Residual':
      return b.op('Add', [h, x]);
    case 'Gate':
      return b.op('Mul', [h, b.op('Sigmoid', [x])]);
    case 'Centre':
      return b.op('Sub', [h, b.op('ReduceMean', [h, b.ints([0])])]);
    case 'Softmax':
      return b.op('Softmax', [h], { axis: -1 });
    default:
      return b.op(op, [h]);
  }
}

const chains = fc.array(
  fc.constantFrom('MatMul', 'Residual', 'Gate', 'Centre', 'Softmax', 'Tanh', 'Sin', 'Neg'),
  { minLength: 1, maxLength: 6 },
);

describe('for any composition of ops', () => {
  it('the dot test holds: <J v, u> = <v, J^T u>', async () => {
    await fc.assert(
      fc.asyncProperty(chains, fc.integer({ min: 1, max: 1000 }), async (ops, seed) => {
        const graph = await randomNet(ops);
        const dims = [3, 3];
        const [x, v, u] = [draw(seed, dims), draw(seed + 1, dims), draw(seed + 2, dims)];
        const h = 1e-5;
        const at = async (sign: number): Promise<number[]> => {
          const moved = numbers(x).map((value, i) => value + sign * h * Number(v.data[i]));
          return numbers((await runGraph(graph, { x: float64(dims, moved), seed: u }))['y']);
        };
        const [plus, minus] = [await at(1), await at(-1)];
        const forward = plus.reduce(
          (s, y, i) => s + ((y - minus[i]!) / (2 * h)) * Number(u.data[i]),
          0,
        );
        const dx = numbers((await runGraph(graph, { x, seed: u }))['dx']);
        const backward = dx.reduce((s, g, i) => s + g * Number(v.data[i]), 0);
        assertClose(
          [backward],
          [forward],
          1e-6 * Math.max(1, 1 / Math.abs(forward)),
          ops.join(' '),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('the Hessian, a vjp of a vjp, is symmetric', async () => {
    await fc.assert(
      fc.asyncProperty(chains, fc.integer({ min: 1, max: 1000 }), async (ops, seed) => {
        const dims = [2, 3];
        const graph = await randomNet(ops);
        const facts = await factsOf(graph, [
          { x: [2, 3], seed: [2, 3] },
          { x: [4, 3], seed: [4, 3] },
        ]);
        const b = new GraphBuilder(graph);
        const direction = b.input('direction', 'float64', ['n', 3]);
        const product = vjp({ graph, seeds: new Map([['dx', direction]]), wrt: ['x'], facts }).get(
          'x',
        );
        if (!product) return; // Linear in x.
        graph.outputs = [{ name: product }];
        const [u, v] = [draw(seed, dims), draw(seed + 1, dims)];
        const inner = async (a: TensorValue, c: TensorValue): Promise<number> => {
          const feeds = { x: draw(seed + 2, dims), seed: draw(seed + 3, dims), direction: c };
          const hv = numbers((await runGraph(graph, feeds))[product]);
          return hv.reduce((s, value, i) => s + value * Number(a.data[i]), 0);
        };
        const [left, right] = [await inner(u, v), await inner(v, u)];
        const scale = Math.max(1, 1 / Math.abs(left));
        assertClose([right], [left], 1e-10 * scale, ops.join(' '));
      }),
      { numRuns: 25 },
    );
  });
});
