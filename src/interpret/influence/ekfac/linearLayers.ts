/** The linear layers among the chosen parameters: matrix products of a constant weight with every position of a text. */
import type { Parameter } from '../../../autodiff/parameters';
import { usedValues } from '../../../autodiff/passes/graphIndex';
import { rankOf, type Facts } from '../../../autodiff/shapes';
import type { Graph, Node } from '../../../onnx/graph';

/** y = W x + b at every position; W is [outputs, inputs] here, however the graph holds it. */
export interface LinearLayer {
  /** The module's, or the weight's where it has none. */
  readonly name: string;
  readonly weight: Parameter;
  /** Null where there is none, or where it was not chosen. */
  readonly bias: Parameter | null;
  /** Values of the graph: x, and what has the adjoint of y. */
  readonly input: string;
  readonly output: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Of x, and 1 for the bias. */
  readonly columns: number;
  /** The graph holds W as it is, not its transpose. */
  readonly turned: boolean;
  /** How the rows of x lie: [batch, width], [batch, positions, width], or [batch * positions, width]. */
  readonly rows: 'texts' | 'positions' | 'flattened';
  /** The positions are the tokens of the text. */
  readonly tokens: boolean;
}

/** Something for every parameter of the layers (a gradient, a direction): [outputs, columns] row by row, the bias being the last column. */
export type LayerMatrices = readonly Float64Array[];

export interface FoundLayers {
  /** In the order of the parameters. */
  readonly layers: readonly LinearLayer[];
  /** Chosen parameters that are not part of one. */
  readonly left: readonly Parameter[];
}

/** `facts`: of the graph's values. `ids`: the input with the tokens, [batch, length]. */
export function findLinearLayers(
  graph: Graph,
  facts: Facts,
  ids: string,
  chosen: readonly Parameter[],
): FoundLayers {
  const finder = new Finder(graph, facts, ids, chosen);
  const layers = chosen.flatMap(weight => finder.layerOf(weight) ?? []);
  const covered = new Set(layers.flatMap(({ weight, bias }) => [weight, ...(bias ? [bias] : [])]));
  return { layers, left: chosen.filter(parameter => !covered.has(parameter)) };
}

/** A weight on its way to a product. */
interface Product {
  readonly node: Node;
  readonly turned: boolean;
}

class Finder {
  private readonly readers = new Map<string, Node[]>();
  private readonly makers = new Map<string, Node>();
  private readonly byValue: ReadonlyMap<string, Parameter>;

  constructor(
    graph: Graph,
    private readonly facts: Facts,
    private readonly ids: string,
    chosen: readonly Parameter[],
  ) {
    this.byValue = new Map(chosen.map(parameter => [parameter.value, parameter]));
    for (const node of graph.nodes) {
      node.outputs.forEach(name => this.makers.set(name, node));
      for (const name of new Set(usedValues(node))) {
        const readers = this.readers.get(name);
        if (readers) readers.push(node);
        else this.readers.set(name, [node]);
      }
    }
  }

  /** Null for what is no weight of a plain linear layer, or of more than one. */
  layerOf(weight: Parameter): LinearLayer | null {
    if (weight.dims.length !== 2) return null;
    const product = this.productOf(weight.value, false);
    if (!product) return null;
    const { node, turned } = product;
    const [input, output] = [node.inputs[0]!, node.outputs[0]!];
    const [first, second] = weight.dims as [number, number];
    const [outputs, inputs] = turned ? [first, second] : [second, first];
    const lie = this.rowsOf(input);
    if (!lie) return null;
    const bias = this.biasOf(node, outputs);
    const name = weight.name.replace(/\.weight$/u, '');
    const columns = inputs + Number(bias !== null);
    return { name, weight, bias, input, output, inputs, outputs, columns, turned, ...lie };
  }

  /** The one product whose right operand is `value` or its transpose. */
  private productOf(value: string, turned: boolean): Product | null {
    const node = this.onlyReader(value);
    if (node?.domain !== '') return null;
    if (node.op === 'Transpose' && !turned) {
      const product = this.productOf(node.outputs[0]!, true);
      return product && { ...product, turned: !product.turned };
    }
    if (node.inputs[1] !== value || node.inputs[0] === value || node.inputs[2] === value) {
      return null;
    }
    if (node.op === 'MatMul') return { node, turned: false };
    const plain = node.op === 'Gemm' && intOf(node, 'transA') === 0 && isPlain(node);
    return plain ? { node, turned: intOf(node, 'transB') === 1 } : null;
  }

  /** A chosen vector [outputs] that is added to this product and to nothing else. */
  private biasOf(product: Node, outputs: number): Parameter | null {
    const [output] = product.outputs as [string];
    const added = product.op === 'Gemm' ? product.inputs[2] : this.addedTo(output);
    const bias = this.byValue.get(added ?? '');
    if (!bias || !this.onlyReader(bias.value)) return null;
    return bias.dims.length === 1 && bias.dims[0] === outputs ? bias : null;
  }

  /** The other operand of the Add that alone reads a value. */
  private addedTo(value: string): string | undefined {
    const add = this.onlyReader(value);
    if (add?.op !== 'Add' || add.domain !== '') return undefined;
    return add.inputs.find(name => name !== value);
  }

  private onlyReader(value: string): Node | undefined {
    const readers = this.readers.get(value) ?? [];
    return readers.length === 1 ? readers[0] : undefined;
  }

  /** Null where it cannot be told which rows of a value belong to which text. */
  private rowsOf(value: string): Pick<LinearLayer, 'rows' | 'tokens'> | null {
    const fact = this.facts.get(value);
    const batches = this.facts.get(this.ids)!.dims;
    if (!fact) return null;
    const perText = fact.dims.every((dims, probe) => dims[0] === batches[probe]![0]);
    const perToken = fact.dims.every((dims, probe) => dims[1] === batches[probe]![1]);
    if (perText && rankOf(fact) === 2) return { rows: 'texts', tokens: false };
    if (perText && rankOf(fact) === 3) return { rows: 'positions', tokens: perToken };
    // [batch, positions, width] as one long list of rows, as GPT-2 has it.
    const maker = this.makers.get(value);
    if (rankOf(fact) !== 2 || maker?.op !== 'Reshape' || maker.domain !== '') return null;
    const before = this.facts.get(maker.inputs[0]!);
    const last = (dims: readonly number[]): number => dims.at(-1)!;
    const kept = before?.dims.every((dims, probe) => last(dims) === last(fact.dims[probe]!));
    if (!before || !kept || rankOf(before) !== 3) return null;
    const lie = this.rowsOf(maker.inputs[0]!);
    return lie && { rows: 'flattened', tokens: lie.tokens };
  }
}

/** y = A B + C, without factors. */
function isPlain({ attributes }: Node): boolean {
  return ['alpha', 'beta'].every(name => {
    const attribute = attributes[name];
    return attribute?.kind !== 'float' || attribute.value === 1;
  });
}

function intOf({ attributes }: Node, name: string): number {
  const attribute = attributes[name];
  return attribute?.kind === 'int' ? attribute.value : 0;
}
