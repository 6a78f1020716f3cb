/**
 * The relevance of what a model adds to its signals: biases. In the form gradient x input that of a bias b is <b, adjoint of b>, here
 * for each text of the batch.
 */
import type { Graph } from '../../onnx/graph';
import { GraphIndex } from '../passes/graphIndex';
import type { NodeView } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import type { Facts } from '../shapes';

export class BiasRelevance {
  /** [batch] each. */
  private readonly terms: string[] = [];
  private readonly index: GraphIndex;
  private readonly makers: ReadonlyMap<string, Graph['nodes'][number]>;
  /** False: somewhere the texts of a batch cannot be told apart, so that the sum is right for one text alone. */
  apart: boolean;

  /** `batch`: how many texts each probe had. `others`: what is added but is no bias. */
  constructor(
    private readonly graph: Graph,
    private readonly facts: Facts,
    private readonly batch: readonly number[],
    private readonly others: ReadonlySet<string>,
  ) {
    this.index = new GraphIndex(graph);
    this.makers = new Map(graph.nodes.flatMap(node => node.outputs.map(name => [name, node])));
    this.apart = new Set(batch).size > 1;
  }

  /** Whether a value is added that has a relevance of its own. */
  isOther(value: string): boolean {
    return this.others.has(value);
  }

  /**
   * `bias` is added to make output 0 of the node, whose adjoint is `g`. In the body of a loop nothing can be
   * summed up here (biasesOfLoops.ts brings those outside).
   */
  add(b: RuleBuilder, g: string, bias: string, n: NodeView): void {
    if (b.graph !== this.graph || this.others.has(bias)) return;
    const output = n.y[0]!;
    const own = n.factsOf(bias).dims;
    const vector = own.every(dims => dims.length === 1 && dims[0]! > 1);
    const spans = own.every((dims, probe) => dims[0] === n.factsOf(output).dims[probe]!.at(-1));
    if (vector && spans && n.outRank() >= 2) {
      // The product with a vector is its sum over the last axis.
      this.sum(b, b.unsqueeze(b.matmul(g, bias), [-1]), output);
    } else this.addProduct(b, g, bias, output);
  }

  /** `part`, of the shape of `output` or broadcast to it, is a summand of `output`. */
  addProduct(b: RuleBuilder, g: string, part: string, output: string): void {
    if (b.graph !== this.graph) return;
    // A mask of minus infinity has no relevance, not an undefined one.
    const none = b.op('Equal', [g, b.number(0)]);
    this.sum(b, b.where(none, b.number(0), b.mul(g, part)), output);
  }

  /** A value [batch, ...] whose relevance is part of the sum as it is. */
  addRows(b: RuleBuilder, product: string, rank: number): void {
    this.terms.push(b.sum(product, rest(rank, 0), 0));
  }

  /** [batch] */
  total(b: RuleBuilder, like: string): string {
    if (this.terms.length > 0) return this.terms.reduce(b.add);
    return b.mul(
      b.op('Cast', [b.shapePart(like, 0, 1)], { to: 'float32' }),
      b.zeros(b.shapePart(like, 0, 1)),
    );
  }

  /** Sums up `product`, whose shape is that of `output` but perhaps for the last axis. */
  private sum(b: RuleBuilder, product: string, output: string): void {
    const rank = this.facts.get(output)!.dims[0]!.length;
    const axis = this.batchAxis(output);
    if (axis !== null) {
      this.terms.push(rank === 1 ? product : b.sum(product, rest(rank, axis), 0));
      return;
    }
    const unfolded = this.unfolded(output);
    if (unfolded === null) {
      this.apart = false;
      this.terms.push(b.reshape(b.op('ReduceSum', [product], { keepdims: 0 }), b.ints([1])));
      return;
    }
    // [batch x length, width], as a Reshape made it, back to both axes.
    const { value, axis: at } = unfolded;
    const leading = this.facts.get(value)!.dims[0]!.length - 1;
    const rows = b.reshape(b.sum(product, rest(rank, 0), 0), b.shapePart(value, 0, leading));
    this.terms.push(b.sum(rows, rest(leading, at), 0));
  }

  /** The axis that is as long as the batch, in all probes. */
  private batchAxis(value: string): number | null {
    const dims = this.facts.get(value)?.dims;
    if (!dims || !this.apart) return null;
    const axis = dims[0]!.findIndex((_, at) => dims.every((d, p) => d[at] === this.batch[p]));
    return axis < 0 ? null : axis;
  }

  /** The value before batch and length became one axis. */
  private unfolded(value: string): { value: string; axis: number } | null {
    const rows = (name: string): string => String(this.facts.get(name)?.dims.map(dims => dims[0]));
    const size = rows(value);
    let at = value;
    for (let steps = 0; steps < 50; steps++) {
      const node = this.makers.get(at);
      if (!node) return null;
      const before = node.inputs[0]!;
      if (node.op === 'Reshape' || node.op === 'Flatten') {
        const axis = this.batchAxis(before);
        const dims = this.facts.get(before)?.dims;
        if (axis === null || !dims) return null;
        const leading = dims.map(d => d.slice(0, -1).reduce((a, c) => a * c, 1));
        return String(leading) === size && axis < dims[0]!.length - 1
          ? { value: before, axis }
          : null;
      }
      const next = node.inputs.find(name => !this.index.constant(name) && rows(name) === size);
      if (next === undefined) return null;
      at = next;
    }
    return null;
  }
}

/** All axes but one. */
function rest(rank: number, axis: number): number[] {
  return [...Array(rank).keys()].filter(each => each !== axis);
}
