/** What a lowering sees of the node that it takes apart. */
import type { Constant, Node } from '../../onnx/graph';
import { GlassboxError } from '../../protocol/messages';
import { NodeAttributes } from '../nodeAttributes';
import { describeNode } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import { unknown, type Dim, type Known } from './known';

/** Where a lowering's node stands: what is known of the values around it. */
export interface Surroundings {
  constant(value: string): Constant | undefined;
  known(value: string): Known;
  /**
   * The float value that a quantised one stands for, given the names of its scale and zero point ('' for none);
   * undefined where it is not known. Blocks and axes as in DequantizeLinear.
   */
  real(
    value: string,
    scale: string,
    zeroPoint: string,
    axis: number,
    block?: number,
  ): string | undefined;
  /** From now on the quantised value stands for this float one. */
  standsFor(quantised: string, float: string): void;
  /** A float32 weight in place of the quantised one of this name, under the name that it had before. */
  weight(quantised: string, dims: readonly number[], values: Float32Array): string;
}

/**
 * Appends, through `b`, standard float operators that compute what the node does. Returns the values that take
 * the place of its outputs, '' for one that nothing can take the place of.
 */
export type Lowering = (n: FusedNode, b: RuleBuilder) => readonly string[];

/** Lowerings by op; ops of other domains are 'domain.Op'. */
export type LoweringTable = Readonly<Record<string, Lowering>>;

/** A node with what is known of it before the graph runs. */
export class FusedNode extends NodeAttributes {
  /** Names of the inputs and outputs; '' for one that is left out. */
  readonly x: readonly string[];
  readonly y: readonly string[];

  constructor(
    node: Node,
    readonly around: Surroundings,
  ) {
    super(node);
    // Nodes often leave out their last inputs altogether.
    this.x = Array.from({ length: 16 }, (_, i) => node.inputs[i] ?? '');
    this.y = node.outputs;
  }

  has(i: number): boolean {
    return this.x[i] !== '';
  }

  /** Whether something reads output `i`. */
  wants(i: number): boolean {
    return Boolean(this.y[i]);
  }

  /** An attribute that the operator cannot do without. */
  requiredInt(name: string): number {
    const value = this.int(name, NaN);
    if (Number.isNaN(value)) throw this.refusal(`has no attribute "${name}"`);
    return value;
  }

  constant(i: number): Constant | undefined {
    return this.around.constant(this.x[i]!);
  }

  /** A constant that the lowering computes with. */
  requiredConstant(i: number, what: string): Constant {
    const constant = this.constant(i);
    if (!constant) throw this.refusal(`computes its ${what} while it runs`);
    return constant;
  }

  known(i: number): Known {
    return this.has(i) ? this.around.known(this.x[i]!) : unknown;
  }

  dims(i: number): readonly Dim[] | undefined {
    return this.known(i).dims;
  }

  /** The number of dimensions of an input whose form decides what the node does. */
  rank(i: number, what: string): number {
    const dims = this.dims(i);
    if (!dims) throw this.refusal(`has ${what} of unknown rank`);
    return dims.length;
  }

  /** The size of an axis (negative: from the end) where it is a known number. */
  size(i: number, axis: number): number | undefined {
    const size = this.dims(i)?.at(axis);
    return typeof size === 'number' ? size : undefined;
  }

  /** The float value of input `i`, whose scale and zero point are at these places. Throws 'unsupported'. */
  real(i: number, scale: number, zeroPoint: number, axis = -1): string {
    const [q, s, z] = [this.x[i]!, this.x[scale]!, this.x[zeroPoint]!];
    const found = this.around.real(q, s, z, axis);
    if (found === undefined)
      throw this.refusal('reads whole numbers whose real values are not known');
    return found;
  }

  /** An error that names the node and says the way out. */
  refusal(why: string): GlassboxError {
    return new GlassboxError(
      'unsupported',
      `Glassbox cannot take ${describeNode(this.node)} apart: it ${why}; use the plain float32 export of the model (no fused or quantised operators).`,
    );
  }
}
