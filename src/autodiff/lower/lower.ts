/** Takes apart the nodes that have a lowering, in one walk over the graph. */
import { GraphBuilder } from '../../onnx/builder';
import type { Graph, Node } from '../../onnx/graph';
import { isFloat } from '../../onnx/tensorData';
import { mapNestedGraphs, renameInputs } from '../passes/graphIndex';
import { ruleName } from '../rule';
import { RuleBuilder } from '../ruleBuilder';
import { inferKnown } from './inferKnown';
import { findIntegerProducts, lowerIntegerProduct } from './integerProducts';
import { unknown, type KnownValues } from './known';
import { FusedNode, type LoweringTable, type Surroundings } from './lowering';
import { RealValues } from './realValues';
import { fusedLowerings, numberLowerings } from './table';

const table: LoweringTable = { ...fusedLowerings, ...numberLowerings };

export interface Lowered {
  readonly graph: Graph;
  /** How many nodes of each op are gone. */
  readonly fused: ReadonlyMap<string, number>;
  readonly quantised: ReadonlyMap<string, number>;
}

/**
 * What the nodes read and make keeps its name; what they no longer need is left for pruning.
 * Throws GlassboxError 'unsupported', naming the node, where one cannot be taken apart.
 */
export function lower(graph: Graph): Lowered {
  const counts = { fused: new Map<string, number>(), quantised: new Map<string, number>() };
  return { graph: new Walk(graph, counts, new Map(), '').run(), ...counts };
}

class Walk {
  private readonly result: Graph;
  private readonly b: RuleBuilder;
  private readonly known: KnownValues;
  private readonly around: Surroundings & { maker(value: string): Node | undefined };
  private readonly renamed = new Map<string, string>();
  private readonly outputs: ReadonlySet<string>;

  constructor(
    private readonly graph: Graph,
    private readonly counts: { fused: Map<string, number>; quantised: Map<string, number> },
    outer: KnownValues,
    prefix: string,
  ) {
    this.result = { ...graph, constants: new Map(graph.constants), nodes: [] };
    // The builders learn all names in use, then append to the new lists.
    const whole = { ...this.result, nodes: [...graph.nodes] };
    this.b = new RuleBuilder(whole, `${prefix}lower/`);
    const weights = new GraphBuilder(whole, prefix);
    const reals = new RealValues(graph, this.b, weights);
    this.known = inferKnown(graph, outer);
    this.around = {
      constant: value => graph.constants.get(value),
      known: value => this.known.get(value) ?? unknown,
      real: (...args) => reals.real(...args),
      standsFor: (quantised, float) => {
        reals.standsFor(quantised, float);
      },
      weight: (...args) => reals.weight(...args),
      maker: value => reals.maker(value),
    };
    this.outputs = new Set(graph.outputs.map(output => output.name));
  }

  run(): Graph {
    const products = findIntegerProducts(this.graph);
    for (const node of this.graph.nodes) {
      const product = products.get(node.outputs[0] ?? '');
      const lowering = table[ruleName(node)];
      if (product) {
        this.count('quantised', product.node);
        this.replace(node, () => [lowerIntegerProduct(product, this.around, this.b)]);
      } else if (lowering) {
        this.count(ruleName(node) in numberLowerings ? 'quantised' : 'fused', node);
        this.replace(node, () => lowering(new FusedNode(node, this.around), this.b));
      } else {
        this.result.nodes.push(renameInputs(this.nested(node), this.rename));
      }
    }
    return this.result;
  }

  /** Appends what `emit` makes; its results take the names of the node's outputs. */
  private replace(node: Node, emit: () => readonly string[]): void {
    const first = node.inputs.find(name => isFloat(this.known.get(name)?.dtype ?? 'int64'));
    this.b.dtype = this.known.get(first ?? '')?.dtype ?? 'float32';
    const emitted: Node[] = [];
    this.b.graph.nodes = emitted;
    const values = emit().map(this.rename);
    const made = new Set(emitted.flatMap(({ outputs }) => outputs));
    node.outputs.forEach((output, i) => {
      const value = this.rename(values[i] ?? '');
      if (output === '' || value === '') return;
      if (made.delete(value)) this.renamed.set(value, output);
      else if (this.outputs.has(output)) {
        this.b.graph.nodes.push({
          op: 'Identity',
          domain: '',
          name: output,
          inputs: [value],
          outputs: [output],
          attributes: {},
        });
      } else this.renamed.set(output, value);
    });
    // ONNX Runtime wants names that differ.
    const path = node.name || (node.outputs[0] ?? '');
    for (const [i, part] of emitted.entries()) {
      const outputs = part.outputs.map(this.rename);
      const name = part.op === 'Identity' ? part.name : `${path}/${part.op}_${i}`;
      const { metadata } = node;
      const renamed = { ...renameInputs(part, this.rename), outputs, name };
      this.result.nodes.push(metadata ? { ...renamed, metadata } : renamed);
    }
  }

  private readonly rename = (name: string): string => {
    let found = name;
    for (let next = this.renamed.get(found); next !== undefined; next = this.renamed.get(found)) {
      found = next;
    }
    return found;
  };

  private count(kind: 'fused' | 'quantised', { op }: Node): void {
    this.counts[kind].set(op, (this.counts[kind].get(op) ?? 0) + 1);
  }

  private nested(node: Node): Node {
    return mapNestedGraphs(node, (inner, name) => {
      const prefix = `${node.outputs[0] ?? ''}/${name}/`;
      return new Walk(inner, this.counts, this.known, prefix).run();
    });
  }
}
