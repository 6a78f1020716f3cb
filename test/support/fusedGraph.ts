/** Small graphs of operators outside the standard set, and their lowered forms beside ONNX Runtime's own kernels. */
import assert from 'node:assert/strict';
import { convert, type Converted } from '../../src/autodiff/lower';
import { findEmbeddingLookup } from '../../src/autodiff/embeddingLookup';
import { inferKnown } from '../../src/autodiff/lower/inferKnown';
import { cleanup, prepare } from '../../src/autodiff/passes';
import { upgrade } from '../../src/autodiff/passes/upgrade';
import { vjp } from '../../src/autodiff/vjp';
import {
  emptyGraph,
  GraphBuilder,
  toAttributes,
  type PlainAttributes,
} from '../../src/onnx/builder';
import { checkGraph } from '../../src/onnx/checkGraph';
import type { Graph } from '../../src/onnx/graph';
import { isFloat, sizeOf } from '../../src/onnx/tensorData';
import { learnFacts } from '../../src/runtime/probe';
import type { Feeds, TensorValue } from '../../src/runtime/session';
import { assertClose, normals, numbers, seededRandom } from './numbers';
import { runGraph } from './runGraph';

/** A graph in the making with its feeds. */
export class FusedGraph {
  readonly graph: Graph;
  readonly b: GraphBuilder;
  readonly feeds: Record<string, TensorValue> = {};
  private readonly random: () => number;
  private count = 0;

  constructor(opset = 20, seed = 1) {
    this.graph = emptyGraph('fused', opset);
    this.graph.domains = { 'com.microsoft': 1 };
    this.b = new GraphBuilder(this.graph);
    this.random = seededRandom(seed);
  }

  /** A float input of normal numbers; its shape is symbolic but for the last `fixed` axes. */
  input(dims: readonly number[], fixed = 1): string {
    const name = `x${this.graph.inputs.length}`;
    this.feeds[name] = { dtype: 'float32', dims, data: this.normal(dims) };
    const symbols = dims.map((dim, i) => (i < dims.length - fixed ? `d${dim}` : dim));
    return this.b.input(name, 'float32', symbols);
  }

  /** An integer input. */
  integers(dtype: 'int32' | 'int64', dims: readonly number[], values: readonly number[]): string {
    const name = `x${this.graph.inputs.length}`;
    const data = dtype === 'int32' ? Int32Array.from(values) : BigInt64Array.from(values, BigInt);
    this.feeds[name] = { dtype, dims, data };
    return this.b.input(
      name,
      dtype,
      dims.map(() => null),
    );
  }

  /** A constant of normal numbers. */
  weight(dims: readonly number[], name?: string): string {
    return this.b.constant('float32', dims, this.normal(dims), name ?? `w${this.count++}`);
  }

  normal(dims: readonly number[]): Float32Array {
    return Float32Array.from(normals(this.random, sizeOf(dims)));
  }

  whole(dims: readonly number[], low: number, high: number): number[] {
    return Array.from(
      { length: sizeOf(dims) },
      () => low + Math.floor(this.random() * (high - low + 1)),
    );
  }

  /** A node of any domain; the outputs whose places are given become outputs of the graph. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: PlainAttributes = {},
    wanted: readonly number[] = [0],
    domain = 'com.microsoft',
  ): string[] {
    const outputs = Array.from({ length: Math.max(...wanted) + 1 }, (_, i) =>
      wanted.includes(i) ? `${op}_${this.count}_${i}` : '',
    );
    const name = `${op}_${this.count++}`;
    this.graph.nodes.push({
      op,
      domain,
      name,
      inputs,
      outputs,
      attributes: toAttributes(attributes),
    });
    return outputs.filter(output => output !== '');
  }

  output(...values: string[]): this {
    values.forEach(value => {
      this.b.output(value);
    });
    return this;
  }
}

/**
 * The lowered graph computes what ONNX Runtime's kernels compute (for `reference`, where they lack the form that is
 * tested), holds no op of another domain, and has derivatives by all its float inputs.
 */
export async function checkLowered(
  built: FusedGraph,
  reference: Graph = built.graph,
  tolerance = 2e-6,
): Promise<Converted> {
  const { graph, feeds } = built;
  const converted = convert(graph);
  const plain = prepare(converted.graph);
  checkGraph(plain);
  assert.deepEqual(plain.domains, {}, 'only standard operators');
  const expected = Object.values(await runGraph(reference, feeds));
  const actual = await runGraph(plain, feeds);
  if (reference === graph) assertKnown(graph, expected);
  for (const [i, { name }] of graph.outputs.entries()) {
    assert.deepEqual(actual[name]!.dims, expected[i]!.dims, `shape of ${name}`);
    assertClose(numbers(actual[name]), numbers(expected[i]), tolerance, name);
  }
  await assertDifferentiable(plain, feeds);
  return converted;
}

/** Symbols such as d5 say in their names what they stand for. */
function sizeNamed(symbol: string, otherwise: number): number {
  return /^d\d+$/.test(symbol) ? Number(symbol.slice(1)) : otherwise;
}

/** What is known of the outputs in advance is true. */
function assertKnown(graph: Graph, outputs: readonly TensorValue[]): void {
  const known = inferKnown(upgrade(graph));
  for (const [i, { name }] of graph.outputs.entries()) {
    const { dtype, dims } = known.get(name)!;
    const actual = outputs[i]!;
    if (dtype !== undefined) assert.equal(dtype, actual.dtype, `type of ${name}`);
    if (!dims) continue;
    const sizes = dims.map((dim, axis) => {
      if (dim === null) return actual.dims[axis];
      return typeof dim === 'string' ? sizeNamed(dim, actual.dims[axis]!) : dim;
    });
    assert.deepEqual(sizes, actual.dims, `shape of ${name}`);
  }
}

/** The derivative of the first output by every float input (else by the word vectors) exists and runs. */
export async function assertDifferentiable(original: Graph, feeds: Feeds): Promise<void> {
  const facts = await learnFacts(original, [feeds]);
  const graph = { ...original, nodes: [...original.nodes], constants: new Map(original.constants) };
  const floats = graph.inputs.map(input => input.name).filter(name => isFloat(feeds[name]!.dtype));
  const wrt = floats.length > 0 ? floats : [findEmbeddingLookup(graph).output];
  const output = graph.outputs[0]!.name;
  const found = vjp({ graph, seeds: new Map([[output, output]]), wrt, facts });
  assert.deepEqual([...found.keys()].sort(), wrt.sort(), 'derivatives by all inputs');
  const outputs = [...found.values()].map(name => ({ name }));
  const results = await runGraph(cleanup({ ...graph, outputs }), feeds);
  for (const value of Object.values(results)) assert.ok(numbers(value).every(Number.isFinite));
}
