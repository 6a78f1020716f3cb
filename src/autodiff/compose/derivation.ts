/** A graph that grows by derivatives of derivatives, with what is known about its values. */
import { GraphBuilder } from '../../onnx/builder';
import type { DataType, Graph } from '../../onnx/graph';
import { constantOf } from '../../onnx/tensorData';
import { cleanup } from '../passes';
import { broadcast } from '../passes/broadcast';
import { copyTransposed } from '../passes/copyTransposed';
import { prune } from '../passes/prune';
import { factsOf } from '../rule';
import { bodyFacts, openScans } from '../scanFacts';
import type { Facts, ValueFacts } from '../shapes';
import { vjp } from '../vjp';
import { regionOf } from './region';
import { shareShapes } from './shareShapes';

/**
 * The facts of a graph's outputs. `known` has those of the inputs that the learner has no probes for.
 * (Shapes are learned by running the graph, which this floor cannot do: `learnerOf` in runtime/learn.ts.)
 */
export type Learn = (graph: Graph, known: Facts) => Promise<Facts>;

/** Values and what belongs to each: adjoints, tangents, seeds. */
export type Pairs = ReadonlyMap<string, string>;

export class Derivation {
  private readonly facts: Map<string, ValueFacts>;

  /** `graph` is extended in place; `facts` are those of its values. */
  constructor(
    readonly graph: Graph,
    facts: Facts,
    private readonly learn: Learn,
  ) {
    this.facts = new Map(facts);
  }

  /** A builder that knows every name given so far; good until the next derivative. */
  builder(prefix: string): GraphBuilder {
    return new GraphBuilder(this.graph, prefix);
  }

  factsOf(value: string): ValueFacts {
    return factsOf(this.facts, value);
  }

  /** Declares a graph input with these dimensions in each probe. */
  input(name: string, dtype: DataType, dims: ValueFacts['dims']): string {
    const symbols = dims[0]!.map((size, axis) =>
      dims.every(probe => probe[axis] === size) ? size : null,
    );
    this.builder('').input(name, dtype, symbols);
    this.facts.set(name, { dtype, dims });
    return name;
  }

  /** A value of the shape and type of another that nothing depends on. */
  async placeholder(like: string): Promise<string> {
    await this.learnBelow([like]);
    const { dtype } = this.factsOf(like);
    const b = this.builder('like/');
    const value = constantOf(dtype, [1], [1]);
    return b.op('ConstantOfShape', [b.op('Shape', [like])], { value });
  }

  /**
   * The vector-Jacobian product, as `vjp` gives it: of values that earlier derivatives made, too.
   * A value from which no seed can be reached is missing from the answer.
   */
  async vjp(seeds: Pairs, wrt: readonly string[]): Promise<Map<string, string>> {
    await this.learnBelow([...seeds.keys()]);
    const found = vjp({ graph: this.graph, seeds, wrt, facts: this.facts });
    // An adjoint is of the shape of its value: one need not compute weight gradients to learn that.
    for (const [value, adjoint] of found) this.facts.set(adjoint, this.factsOf(value));
    return found;
  }

  /** The graph with these outputs alone, by name, without what they do not need. */
  async finish(outputs: ReadonlyMap<string, string>): Promise<Graph> {
    const { graph, facts } = this;
    await this.learnBelow([...outputs.values()]);
    graph.outputs = [];
    const b = this.builder('');
    for (const [name, value] of outputs) b.output(value, name);
    return cleanup(copyTransposed(shareShapes(broadcast(graph, facts), facts)));
  }

  /** Learns the facts of everything that `values` are computed from, as far as they are unknown. */
  private async learnBelow(values: readonly string[]): Promise<void> {
    const below = prune({ ...this.graph, outputs: values.map(name => ({ name })) });
    const probes = [...this.facts.values()][0]?.dims.length ?? 0;
    for (const [name, { dtype, dims }] of below.constants) {
      if (!this.facts.has(name)) this.facts.set(name, { dtype, dims: Array(probes).fill(dims) });
    }
    this.learnTransposes(below);
    const { graph: opened, stacks } = openScans(below, this.facts);
    const produced = opened.nodes.flatMap(node => node.outputs.filter(name => name !== ''));
    const unknown = produced.filter(name => !this.facts.has(name));
    if (unknown.length === 0) return;
    const learned = await this.learn(regionOf(opened, unknown, this.facts), this.facts);
    const outside = new Map([...this.facts, ...learned]);
    for (const [name, fact] of bodyFacts(opened, stacks, outside)) this.facts.set(name, fact);
  }

  /** Of weights, which derivatives transpose by the dozen, shapes follow without a copy of each. */
  private learnTransposes(graph: Graph): void {
    for (const { op, domain, inputs, outputs, attributes } of graph.nodes) {
      const fact = this.facts.get(inputs[0] ?? '');
      const { perm } = attributes;
      if (op !== 'Transpose' || domain !== '' || !fact || perm?.kind !== 'ints') continue;
      const dims = fact.dims.map(probe => perm.value.map(axis => probe[axis]!));
      this.facts.set(outputs[0]!, { dtype: fact.dtype, dims });
    }
  }
}

/** Seeds for values that may be one and the same: what meets in one value is added. */
export function seedsOf(
  derivation: Derivation,
  pairs: Iterable<readonly [string, string]>,
): Map<string, string> {
  const seeds = new Map<string, string>();
  const b = derivation.builder('seeds/');
  for (const [value, seed] of pairs) {
    const before = seeds.get(value);
    seeds.set(value, before === undefined ? seed : b.op('Add', [before, seed]));
  }
  return seeds;
}
