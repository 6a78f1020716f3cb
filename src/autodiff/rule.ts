/** What a derivative rule sees and says. */
import { GlassboxError } from '../protocol/messages';
import type { Graph, Node } from '../onnx/graph';
import { capturedValues } from './passes/graphIndex';
import { numbersOf } from '../onnx/tensorData';
import { NodeAttributes } from './nodeAttributes';
import type { RuleBuilder } from './ruleBuilder';
import { rankOf, staticDims, type Facts, type ValueFacts } from './shapes';

/** Emits the nodes of one adjoint and returns its name; called only when that adjoint is needed. */
export type Emit = () => string;

/**
 * What shape an emitted adjoint has; the walk sums it down to the input's shape.
 * output: the shape of output 0. batch: output 0's leading dimensions, then the input's last two
 * (for a vector: its last one).
 */
export interface Spread {
  readonly emit: Emit;
  readonly shape: 'output' | 'batch';
}

/**
 * The rule of an op: `g` is the adjoint of output 0, `n` the node, `b` appends nodes to the graph.
 * The answer has an entry for each input: a function for an adjoint of the input's own shape, a Spread for
 * one that broadcasting may have enlarged, null for an input on which the output does not depend smoothly.
 * An input without an entry cannot be differentiated, which is an error when it has to be.
 */
export type Rule = (g: string, n: NodeView, b: RuleBuilder) => readonly (Emit | Spread | null)[];

/** Rules by op; ops of other domains are 'domain.Op'. */
export type RuleTable = Readonly<Record<string, Rule>>;

/** The rule of ops whose derivative is zero wherever it exists: the walk does not pass them. */
export const flat: Rule = () => [];

/** An adjoint of the output's shape. */
export function spread(emit: Emit): Spread {
  return { emit, shape: 'output' };
}

/** Rules whose adjoints all have the output's shape. */
export function elementwise(table: Record<string, (...args: Parameters<Rule>) => (Emit | null)[]>) {
  return Object.fromEntries(
    Object.entries(table).map(([op, rule]): [string, Rule] => [
      op,
      (g, n, b) => rule(g, n, b).map(emit => emit && spread(emit)),
    ]),
  );
}

/** The name of a node's op in a rule table. */
export function ruleName(node: Node): string {
  return node.domain ? `${node.domain}.${node.op}` : node.op;
}

/** For error messages: 'Mul "encoder/Mul_3"'. */
export function describeNode(node: Node): string {
  return `${node.op} "${node.name || (node.outputs[0] ?? '')}"`;
}

/** A vector-Jacobian product of a graph nested in a node: what `vjp` is asked, by the same rules. */
export interface NestedRequest {
  /** Extended in place; its constants are those of the graphs around it, too. */
  readonly graph: Graph;
  readonly seeds: ReadonlyMap<string, string>;
  readonly wrt: readonly string[];
  /** Of values that the graph has beyond those of the node's own body. */
  readonly facts: Facts;
  readonly prefix: string;
}

/** A node with everything that is known about it. */
export class NodeView extends NodeAttributes {
  /** Names of the inputs, then of what nested graphs take from outside, and of the outputs; '' for one left out. */
  readonly x: readonly string[];
  readonly y: readonly string[];

  constructor(
    node: Node,
    private readonly graph: Graph,
    private readonly facts: Facts,
    private readonly adjoints: ReadonlyMap<string, string>,
    /** The places in `x` whose adjoints are wanted. */
    readonly wanted: readonly number[],
    private readonly walk: (request: NestedRequest) => Map<string, string>,
  ) {
    super(node);
    this.x = readValues(node);
    this.y = node.outputs;
  }

  /** The adjoint of output `i`, undefined where none arrives. */
  g(i: number): string | undefined {
    const output = this.y[i];
    return output ? this.adjoints.get(output) : undefined;
  }

  has(i: number): boolean {
    return Boolean(this.x[i]);
  }

  /** The numbers of input `i` if it is a constant. */
  constant(i: number): number[] | undefined {
    const constant = this.graph.constants.get(this.x[i] ?? '');
    return constant && numbersOf(constant);
  }

  /** The numbers of an input that the rule must know in advance. */
  known(i: number, what: string): number[] {
    const numbers = this.constant(i);
    if (numbers) return numbers;
    throw new GlassboxError(
      'unsupported',
      `${describeNode(this.node)} computes its ${what} while it runs, so its derivative cannot be built; export the model so that the ${what} are constants.`,
    );
  }

  rank(i: number): number {
    return rankOf(this.factsOf(this.x[i]!));
  }

  /** Dimensions of input `i`, null where they vary. */
  dims(i: number): (number | null)[] {
    return staticDims(this.factsOf(this.x[i]!));
  }

  outRank(): number {
    return rankOf(this.factsOf(this.y[0]!));
  }

  /** An axis counted from the front, of input `i`. */
  axis(i: number, axis: number): number {
    return axis < 0 ? axis + this.rank(i) : axis;
  }

  factsOf(value: string): ValueFacts {
    return factsOf(this.facts, value);
  }

  /** Whether anything was learned about a value. */
  knows(value: string): boolean {
    return this.facts.has(value);
  }

  /** Differentiates a graph that is nested in this node. */
  vjp(request: NestedRequest): Map<string, string> {
    return this.walk({ ...request, facts: new Map([...this.facts, ...request.facts]) });
  }
}

/** What a node reads: its inputs, '' where one is left out, then what its nested graphs take from outside. */
export function readValues(node: Node): readonly string[] {
  const captured = capturedValues(node);
  return captured.length === 0 ? node.inputs : [...node.inputs, ...captured];
}

/** The facts of a value; an internal error where they were not learned. */
export function factsOf(facts: Facts, value: string): ValueFacts {
  const found = facts.get(value);
  if (!found) {
    throw new GlassboxError(
      'internal',
      `Nothing is known about the value "${value}"; facts must be learned after the last change of the graph.`,
    );
  }
  return found;
}
