/**
 * Which operand of a product is a gate: something that lets a share of a signal pass. Relevance propagation gives gates
 * nothing, or half (Arras et al. 2017, arXiv:1706.07206, "signal takes all"; Achtibat et al. 2024, arXiv:2402.05602, section 3.2.1).
 */
import type { Graph, Node } from '../../onnx/graph';
import { GraphIndex } from '../passes/graphIndex';

/**
 * gate: a factor that is no signal by its nature: the output of a sigmoid, the inverse of a norm.
 * activation: a signal that went through an activation function; beside a linear signal it acts as a gate.
 */
export type Role = 'gate' | 'activation' | 'signal';

const sigmoids = new Set(['Sigmoid', 'HardSigmoid']);
const inverses = new Set(['Reciprocal', 'Sqrt']);
const activations = new Set([
  ...['Gelu', 'Relu', 'LeakyRelu', 'PRelu', 'ThresholdedRelu', 'Elu', 'Celu', 'Selu'],
  ...['Tanh', 'Softplus', 'Softsign', 'Mish', 'Swish', 'HardSwish'],
]);
/** Their outputs are what their first input is. */
const passing = new Set([
  ...['Split', 'Slice', 'Gather', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'],
  ...['Transpose', 'Expand', 'Cast', 'Identity', 'Dropout'],
]);
/** Element by element, of one value and of numbers. */
const pointwise = new Set([
  ...sigmoids,
  ...activations,
  ...['Add', 'Sub', 'Mul', 'Div', 'Neg', 'Pow', 'Exp', 'Log', 'Erf', 'Abs', 'Clip'],
]);

/** A value as a function of another one, element by element. */
interface FunctionOf {
  readonly source: string;
  /** A multiple of it. */
  readonly linear: boolean;
  /** The values on the way, the source included. */
  readonly through: ReadonlySet<string>;
}

export class Gates {
  private readonly roles = new Map<string, Role>();
  private readonly functions = new Map<string, FunctionOf>();

  /** Learns the roles of all values, those in the bodies of loops included (whose names differ from all others). */
  constructor(graph: Graph) {
    this.learn(graph, []);
  }

  /** The role of each operand of the product x y; of x f(x), f(x) is a gate, so that x takes all: x f(x) / x = f(x). */
  of(x: string, y: string): [Role, Role] {
    const [first, second] = [this.functionOf(x), this.functionOf(y)];
    if (second.through.has(x)) return ['signal', 'gate'];
    if (first.through.has(y)) return ['gate', 'signal'];
    if (first.source === second.source && first.linear !== second.linear) {
      return first.linear ? ['signal', 'gate'] : ['gate', 'signal'];
    }
    return [this.roles.get(x) ?? 'signal', this.roles.get(y) ?? 'signal'];
  }

  private functionOf(value: string): FunctionOf {
    return this.functions.get(value) ?? { source: value, linear: true, through: new Set() };
  }

  private learn(graph: Graph, around: readonly GraphIndex[]): void {
    const indices = [new GraphIndex(graph), ...around];
    const isConstant = (value: string): boolean =>
      indices.some(index => index.constant(value) !== undefined);
    const isNumber = (value: string): boolean =>
      indices.some(index => index.number(value) !== undefined);
    for (const node of graph.nodes) {
      for (const attribute of Object.values(node.attributes)) {
        if (attribute.kind === 'graph') this.learn(attribute.value, indices);
      }
      if (node.domain !== '') continue;
      const role = this.roleOf(node, isConstant, indices);
      if (role !== 'signal') node.outputs.forEach(output => this.roles.set(output, role));
      this.learnFunction(node, isNumber);
    }
  }

  private roleOf(
    { op, inputs }: Node,
    isConstant: (value: string) => boolean,
    indices: readonly GraphIndex[],
  ): Role {
    const [first = '', second = ''] = inputs;
    if (sigmoids.has(op) || inverses.has(op)) return 'gate';
    if (activations.has(op)) return 'activation';
    if (passing.has(op)) return this.roles.get(first) ?? 'signal';
    // What the gate does not let pass, 1 - z; one over a norm.
    if (op === 'Sub' && isConstant(first)) return this.roles.get(second) ?? 'signal';
    if (op === 'Div' && isConstant(first)) return 'gate';
    if (op === 'Pow') {
      const exponent = indices.map(index => index.number(second)).find(n => n !== undefined);
      return exponent !== undefined && exponent < 0 ? 'gate' : 'signal';
    }
    // x sigmoid(x) and the like.
    return op === 'Mul' && this.of(first, second).includes('gate') && this.ofOneValue(first, second)
      ? 'activation'
      : 'signal';
  }

  private ofOneValue(x: string, y: string): boolean {
    return this.functionOf(x).source === this.functionOf(y).source;
  }

  private learnFunction({ op, inputs, outputs }: Node, isNumber: (v: string) => boolean): void {
    // A bias, which is no single number, begins a value of its own.
    const varying = inputs.filter(input => input !== '' && !isNumber(input));
    const sources = varying.map(input => this.functionOf(input));
    const source = sources[0]?.source;
    if (!pointwise.has(op) || source === undefined) return;
    if (sources.some(each => each.source !== source)) return;
    const scales = (op === 'Mul' && varying.length === 1) || op === 'Neg';
    const divides = op === 'Div' && varying.length === 1 && varying[0] === inputs[0];
    const linear = (scales || divides) && sources[0]!.linear;
    const through = new Set([...varying, ...sources.flatMap(each => [...each.through])]);
    this.functions.set(outputs[0]!, { source, linear, through });
  }
}
