/**
 * Quantised values and the real numbers that they stand for. Whatever was rounded to whole numbers while the model
 * ran is taken as it was before; constants are multiplied out. So rounding and clipping disappear from the graph.
 */
import type { Constant, Graph, Node } from '../../onnx/graph';
import { GraphBuilder } from '../../onnx/builder';
import type { RuleBuilder } from '../ruleBuilder';
import { GraphIndex } from '../passes/graphIndex';
import { dequantise } from './dequantise';

/** Ops that only move the elements of their first input, so that they commute with any scale of the whole tensor. */
const moving = new Set([
  'Expand',
  'Flatten',
  'Gather',
  'GatherElements',
  'GatherND',
  'Identity',
  'MaxPool',
  'Reshape',
  'Slice',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
]);

export class RealValues {
  private readonly index: GraphIndex;
  private readonly makers = new Map<string, Node>();
  private readonly known = new Map<string, string>();
  private readonly made = new Map<string, string>();

  constructor(
    graph: Graph,
    /** Appends operators. */
    private readonly b: RuleBuilder,
    /** Appends weights, under their own names. */
    private readonly weights: GraphBuilder,
  ) {
    this.index = new GraphIndex(graph);
    for (const node of graph.nodes) for (const name of node.outputs) this.makers.set(name, node);
  }

  standsFor(quantised: string, float: string): void {
    this.known.set(quantised, float);
  }

  /** See Surroundings.real. */
  real(
    value: string,
    scale: string,
    zeroPoint: string,
    axis: number,
    block = 0,
  ): string | undefined {
    const key = [value, scale, zeroPoint, axis, block].join('\n');
    const before = this.made.get(key);
    if (before !== undefined) return before;
    const found = this.find(value, scale, zeroPoint, axis, block);
    if (found !== undefined) this.made.set(key, found);
    return found;
  }

  private find(
    value: string,
    scale: string,
    zeroPoint: string,
    axis: number,
    block: number,
  ): string | undefined {
    const constant = this.index.constant(value);
    if (constant) return this.constant(value, constant, scale, zeroPoint, axis, block);
    const registered = this.known.get(value);
    if (registered !== undefined) return registered;
    const node = this.makers.get(value);
    const source = node?.inputs[0];
    if (!node || source === undefined || (node.domain !== '' && node.op !== 'QuantizeLinear'))
      return undefined;
    if (node.op === 'DynamicQuantizeLinear' && node.outputs[0] === value) return source;
    if (node.op === 'QuantizeLinear') {
      const same =
        this.sameNumbers(node.inputs[1], scale) && this.sameNumbers(node.inputs[2], zeroPoint);
      return same ? source : undefined;
    }
    return this.moved(node, value, scale, zeroPoint);
  }

  /** The same movement of the real values. */
  private moved(node: Node, value: string, scale: string, zeroPoint: string): string | undefined {
    const whole = this.index.number(scale) !== undefined || !this.index.constant(scale);
    if (!whole) return undefined;
    const joins = node.op === 'Concat';
    if (!joins && !moving.has(node.op)) return undefined;
    const inputs: string[] = [];
    for (const [i, name] of node.inputs.entries()) {
      const real = joins || i === 0 ? this.real(name, scale, zeroPoint, -1) : name;
      if (real === undefined) return undefined;
      inputs.push(real);
    }
    const outputs = this.b.ops(node.op, inputs, node.outputs.length, node.attributes);
    return outputs[node.outputs.indexOf(value)];
  }

  private constant(
    value: string,
    quantised: Constant,
    scaleName: string,
    zeroName: string,
    axis: number,
    block: number,
  ): string | undefined {
    const scale = this.index.constant(scaleName);
    const zeroPoint = this.index.constant(zeroName);
    if (!scale || (zeroName !== '' && !zeroPoint)) return undefined;
    const { dims, bytes } = dequantise(quantised, { scale, zeroPoint, axis, block });
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    return this.weight(value, dims, values);
  }

  /** A float32 weight under the name that it had before the quantiser added its own ending. */
  weight(quantised: string, dims: readonly number[], values: Float32Array): string {
    const name = quantised.replace(/_(quantized|quant|q4|Q4|Bnb4|bnb4)$/, '');
    return this.weights.constant('float32', dims, values, name);
  }

  /** The same value, or equal constants; a zero point that is left out is 0. */
  private sameNumbers(a = '', b = ''): boolean {
    if (a === b) return true;
    const numbers = [a, b].map(name => (name === '' ? [0] : this.index.ints(name)));
    return numbers[0] !== undefined && numbers[0].join() === numbers[1]?.join();
  }

  /** The maker of a value in the old graph. */
  maker(value: string): Node | undefined {
    return this.makers.get(value);
  }
}
