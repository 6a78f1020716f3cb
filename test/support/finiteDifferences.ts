/** Compares derivatives that the autodiff builds with central finite differences of what they are derivatives of. */
import assert from 'node:assert/strict';
import { cleanup } from '../../src/autodiff/passes';
import { vjp } from '../../src/autodiff/vjp';
import { emptyGraph, GraphBuilder } from '../../src/onnx/builder';
import { checkGraph } from '../../src/onnx/checkGraph';
import type { DataType, Graph } from '../../src/onnx/graph';
import { sizeOf } from '../../src/onnx/tensorData';
import { writeModel } from '../../src/onnx/writeModel';
import { learnFacts } from '../../src/runtime/probe';
import { Session, type Feeds, type TensorValue } from '../../src/runtime/session';
import { assertClose, normals, numbers, relativeError, seededRandom } from './numbers';

type Real = 'float32' | 'float64';

/** Sizes; 'B' and 'L' vary between the probes and the checks. */
export type Dim = number | 'B' | 'L';

/** A function of tensors to check: appends nodes and returns the values that are its results. */
export interface Case {
  readonly name: string;
  readonly inputs: readonly (readonly Dim[])[];
  readonly build: (b: GraphBuilder, x: string[], dtype: DataType) => string | string[];
  /** Inputs are drawn from the normal distribution and passed through this. */
  readonly domain?: (x: number) => number;
  /** Inputs whose derivative is zero or undefined, by position: not compared. */
  readonly skip?: readonly number[];
  /** Without float64 kernels this is checked in float32. */
  readonly dtype?: Real;
  /** The operator set that it is built in; 20 by default. */
  readonly opset?: number;
  /** 1 where the derivative has a kink, so that it has no derivative itself. */
  readonly orders?: 1 | 2;
  readonly tolerance?: Tolerance;
}

/** How a case is checked. */
export interface Manner {
  /** In place of the case's own. */
  readonly opset?: number;
  /** What is done to the graph before it is differentiated. The differences are those of the graph as it was. */
  readonly prepare?: (graph: Graph) => Graph;
  /** Of derivatives; 2 by default. */
  readonly orders?: 1 | 2;
}

interface Tolerance {
  readonly step: number;
  /** Relative to the largest derivative. */
  readonly error: number;
}

/** Lengths are as far apart as the largest stride of the cases: else the shorter ones that strides make may agree. */
const probeSizes = [
  { B: 2, L: 3 },
  { B: 3, L: 6 },
] as const;
/** Batch 1 and length 2 were in no probe. */
const checkSizes = [{ B: 1, L: 2 }, probeSizes[1]] as const;

const tolerances: Record<Real, Tolerance> = {
  float64: { step: 1e-5, error: 1e-7 },
  float32: { step: 5e-3, error: 1e-3 },
};

/**
 * First derivatives, then the derivatives of the first ones, each against differences.
 * Returns the ops of the prepared case and of the graphs that the autodiff built.
 */
export async function checkDerivatives(test: Case, manner: Manner = {}): Promise<string[]> {
  const { opset = test.opset, prepare = (same: Graph) => same, orders = test.orders } = manner;
  const dtype = test.dtype ?? 'float64';
  const graph = emptyGraph(test.name, opset);
  const b = new GraphBuilder(graph);
  const x = test.inputs.map((_, i) => b.input(`x${i}`, dtype, test.inputs[i]!));
  const y = [test.build(b, x, dtype)].flat();
  y.forEach(name => {
    b.output(name);
  });
  const wanted = x.filter((_, i) => !test.skip?.includes(i));

  const prepared = prepare(graph);
  if (manner.prepare) await assertSameValues(test, graph, prepared);
  const first = await differentiate(prepared, dtype, wanted, 'g', feedsFor(test));
  assert.deepEqual(first.wrt, wanted, `${test.name}: inputs that a derivative reaches`);
  await compare(test, graph, first, dtype, 'first order');
  const ops = [...prepared.nodes, ...first.graph.nodes].map(node => node.op);
  if (orders === 1) return ops;
  const free = [...wanted, ...first.seeds];
  const second = await differentiate(first.graph, dtype, free, 'w', first.feeds);
  if (second.wrt.length > 0) await compare(test, first.graph, second, dtype, 'second order');
  return [...ops, ...second.graph.nodes.map(node => node.op)];
}

/** What was done to the graph has not changed what it computes. */
async function assertSameValues(test: Case, before: Graph, after: Graph): Promise<void> {
  const feeds = await feedsFor(test)(checkSizes[1], 5);
  const [old, now] = [await (await runner(before))(feeds), await (await runner(after))(feeds)];
  for (const { name } of before.outputs) {
    assert.deepEqual(now[name]!.dims, old[name]!.dims, `${test.name}: shape as before`);
    assertClose(numbers(now[name]), numbers(old[name]), 1e-5, `${test.name}: value as before`);
  }
}

interface Derivative {
  readonly graph: Graph;
  readonly wrt: readonly string[];
  readonly adjoints: readonly string[];
  readonly seeds: readonly string[];
  /** Draws inputs, seeds included, for some sizes. */
  readonly feeds: (sizes: Sizes, seed: number) => Promise<Feeds>;
}

type Sizes = Readonly<Record<'B' | 'L', number>>;

/** A graph with one more input for each output (its adjoint), and the adjoints of `wrt` as outputs. */
async function differentiate(
  original: Graph,
  dtype: Real,
  wrt: readonly string[],
  prefix: string,
  feeds: Derivative['feeds'],
): Promise<Derivative> {
  const graph: Graph = {
    ...original,
    inputs: [...original.inputs],
    outputs: [],
    constants: new Map(original.constants),
    nodes: [...original.nodes],
  };
  const outputs = original.outputs.map(output => output.name);
  const facts = await learnFacts(
    original,
    await Promise.all(probeSizes.map(size => feeds(size, 1))),
  );
  const b = new GraphBuilder(graph);
  const seeds = outputs.map((output, i) =>
    b.input(
      `${prefix}${i}`,
      dtype,
      facts.get(output)!.dims[0]!.map(() => null),
    ),
  );
  const pairs = new Map(outputs.map((output, i) => [output, seeds[i]!]));
  const found = vjp({ graph, seeds: pairs, wrt, facts, prefix: `${prefix}/` });
  const reached = wrt.filter(name => found.has(name));
  const adjoints = reached.map(name => b.op('Identity', [found.get(name)!]));
  adjoints.forEach(name => {
    b.output(name);
  });
  const clean = cleanup(graph);
  checkGraph(clean);
  const run = await runner({ ...original, outputs: outputs.map(name => ({ name })) });
  return {
    graph: clean,
    wrt: reached,
    adjoints,
    seeds,
    feeds: async (size, seed) => {
      const inner = await feeds(size, seed);
      const random = seededRandom(seed + 1000);
      const values = await run(inner);
      const drawn = outputs.map((output, i): [string, TensorValue] => [
        seeds[i]!,
        tensor(dtype, values[output]!.dims, normals(random, values[output]!.data.length)),
      ]);
      return { ...inner, ...Object.fromEntries(drawn) };
    },
  };
}

function feedsFor(test: Case): Derivative['feeds'] {
  const dtype = test.dtype ?? 'float64';
  return (sizes, seed) => {
    const random = seededRandom(seed);
    const pairs = test.inputs.map((symbols, i): [string, TensorValue] => {
      const dims = symbols.map(dim => (typeof dim === 'number' ? dim : sizes[dim]));
      const values = normals(random, sizeOf(dims)).map(test.domain ?? (value => value));
      return [`x${i}`, tensor(dtype, dims, values)];
    });
    return Promise.resolve(Object.fromEntries(pairs));
  };
}

async function compare(
  test: Case,
  original: Graph,
  derivative: Derivative,
  dtype: Real,
  what: string,
): Promise<void> {
  const { step, error } = test.tolerance ?? tolerances[dtype];
  const runOriginal = await runner(original);
  const runDerivative = await runner(derivative.graph, 'all');
  for (const [round, sizes] of checkSizes.entries()) {
    const feeds = await derivative.feeds(sizes, 10 + round);
    const outputs = original.outputs.map(output => output.name);
    const inner = Object.fromEntries(original.inputs.map(({ name }) => [name, feeds[name]!]));
    /** The sum of the results, each times its adjoint. */
    const total = async (changed: Feeds): Promise<number> => {
      const values = await runOriginal(changed);
      return outputs.reduce((sum, output, i) => {
        const weights = numbers(feeds[derivative.seeds[i]!]);
        return sum + numbers(values[output]).reduce((s, v, k) => s + v * weights[k]!, 0);
      }, 0);
    };
    const results = await runDerivative(feeds);
    for (const [i, name] of derivative.wrt.entries()) {
      const actual = results[derivative.adjoints[i]!]!;
      const input = feeds[name]!;
      assert.deepEqual(
        actual.dims,
        input.dims,
        `${test.name}, ${what}: shape of the adjoint of ${name}`,
      );
      const expected: number[] = [];
      for (let k = 0; k < input.data.length; k++) {
        const sides: number[] = [];
        for (const sign of [1, -1]) {
          const values = numbers(input);
          values[k]! += sign * step;
          sides.push(await total({ ...inner, [name]: tensor(dtype, input.dims, values) }));
        }
        expected.push((sides[0]! - sides[1]!) / (2 * step));
      }
      // Relative to the largest derivative, or to 1 where all are small: differences have absolute errors.
      const largest = Math.max(...expected.map(Math.abs));
      const off = relativeError(numbers(actual), expected) * Math.min(1, largest || 1);
      assert.ok(
        off <= error,
        `${test.name}, ${what}, by ${name} at ${JSON.stringify(sizes)}: off by ${off.toExponential(1)}`,
      );
    }
  }
}

async function runner(
  graph: Graph,
  optimise: 'off' | 'all' = 'off',
): Promise<(feeds: Feeds) => Promise<Feeds>> {
  const session = await Session.create(writeModel(graph), { optimise, threads: 1 });
  return feeds => session.run(feeds);
}

function tensor(dtype: Real, dims: readonly number[], values: readonly number[]): TensorValue {
  const data = dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values);
  return { dtype, dims, data };
}
