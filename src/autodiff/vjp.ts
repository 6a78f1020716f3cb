/** Reverse-mode differentiation of ONNX graphs: one walk over the nodes, from the seeds to what is wanted. */
import { isFloat } from '../onnx/tensorData';
import type { Graph, Node } from '../onnx/graph';
import { GlassboxError } from '../protocol/messages';
import {
  describeNode,
  factsOf,
  flat,
  NodeView,
  readValues,
  type NestedRequest,
  ruleName,
  type RuleTable,
  type Spread,
} from './rule';
import { RuleBuilder } from './ruleBuilder';
import { rules as standardRules } from './rules';
import type { Facts } from './shapes';
import { unbroadcast } from './unbroadcast';

export interface VjpRequest {
  /** Extended in place. Must be in the operator set of `prepare`. */
  readonly graph: Graph;
  /** Value -> its adjoint, a value of the same shape and type. */
  readonly seeds: ReadonlyMap<string, string>;
  /** Inputs, constants or intermediate values whose adjoints are wanted. */
  readonly wrt: readonly string[];
  /** Of every value between `wrt` and the seeds. */
  readonly facts: Facts;
  /** Another table changes the meaning of the walk (relevance propagation instead of a gradient, say). */
  readonly rules?: RuleTable;
  /** Names of the new nodes start so. */
  readonly prefix?: string;
}

/**
 * Appends the vector-Jacobian product: the adjoints of `wrt` given those of the seeds.
 * Returns value -> name of its adjoint; a value from which no seed can be reached is missing.
 * Throws GlassboxError 'unsupported' when the derivative must pass an op that has no rule.
 */
export function vjp(request: VjpRequest): Map<string, string> {
  const { graph, seeds, wrt, facts, rules = standardRules, prefix = 'vjp/' } = request;
  const path = pathNodes(graph, seeds, wrt, facts, rules);
  const b = new RuleBuilder(graph, prefix);
  const pending = new Map<string, string[]>();
  const adjoints = new Map<string, string>();
  for (const [value, seed] of seeds) pending.set(value, [seed]);

  const nested = (inner: NestedRequest): Map<string, string> => vjp({ ...inner, rules });

  /** The sum of what has arrived at a value; final once all its consumers have been visited. */
  const settle = (value: string): void => {
    const parts = pending.get(value);
    if (parts) adjoints.set(value, parts.reduce(b.add));
    pending.delete(value);
  };

  for (const { node, wanted } of path.reverse()) {
    node.outputs.forEach(settle);
    const reached = node.outputs.filter(output => adjoints.has(output));
    if (reached.length === 0) continue;
    b.dtype = factsOf(facts, node.outputs[0]!).dtype;
    const g = adjoints.get(node.outputs[0]!) ?? b.zeros(b.shape(node.outputs[0]!));
    const rule = rules[ruleName(node)];
    if (!rule) throw noRule(node);
    const results = rule(g, new NodeView(node, graph, facts, adjoints, wanted, nested), b);
    const read = readValues(node);
    for (const i of wanted) {
      const input = read[i]!;
      const result = results[i];
      if (result === undefined) throw noRule(node, i);
      if (result === null) continue;
      const adjoint =
        typeof result === 'function' ? result() : reduce(b, result, node, input, facts);
      const parts = pending.get(input);
      if (parts) parts.push(adjoint);
      else pending.set(input, [adjoint]);
    }
  }
  const found = new Map<string, string>();
  for (const value of wrt) {
    settle(value);
    const adjoint = adjoints.get(value);
    if (adjoint !== undefined) found.set(value, adjoint);
  }
  return found;
}

interface PathNode {
  readonly node: Node;
  /** The inputs through which something in `wrt` is reached. */
  readonly wanted: readonly number[];
}

/** The nodes that lie between `wrt` and the seeds, in topological order. */
function pathNodes(
  graph: Graph,
  seeds: ReadonlyMap<string, string>,
  wrt: readonly string[],
  facts: Facts,
  rules: RuleTable,
): PathNode[] {
  const varies = new Set(wrt);
  const below: PathNode[] = [];
  for (const node of graph.nodes) {
    if (rules[ruleName(node)] === flat) continue;
    const read = readValues(node);
    const wanted = [...read.keys()].filter(i => varies.has(read[i]!));
    if (wanted.length === 0) continue;
    // Integers and booleans have no derivative: the walk ends at Shape, comparisons, casts to integers.
    const smooth = node.outputs.filter(name => isFloat(facts.get(name)?.dtype ?? 'float32'));
    if (smooth.length === 0) continue;
    smooth.filter(name => name !== '').forEach(name => varies.add(name));
    below.push({ node, wanted });
  }
  const needed = new Set(seeds.keys());
  const path: PathNode[] = [];
  for (const entry of below.reverse()) {
    if (!entry.node.outputs.some(output => needed.has(output))) continue;
    const read = readValues(entry.node);
    for (const i of entry.wanted) needed.add(read[i]!);
    path.push(entry);
  }
  return path.reverse();
}

function reduce(
  b: RuleBuilder,
  { emit, shape }: Spread,
  node: Node,
  input: string,
  facts: Facts,
): string {
  const to = factsOf(facts, input);
  const output = factsOf(facts, node.outputs[0]!);
  if (shape === 'output') return unbroadcast(b, emit(), output.dims, to);
  // A product with a vector has lost that operand's matrix dimension.
  const vectors = node.inputs.filter(name => factsOf(facts, name).dims[0]!.length === 1).length;
  const from = output.dims.map((dims, probe) => [
    ...dims.slice(0, Math.max(0, dims.length - 2 + vectors)),
    ...to.dims[probe]!.slice(-2),
  ]);
  return unbroadcast(b, emit(), from, to);
}

function noRule(node: Node, input?: number): GlassboxError {
  const what = input === undefined ? 'It' : `Its input ${input}`;
  return new GlassboxError(
    'unsupported',
    `Glassbox cannot differentiate ${describeNode(node)}. ${what} has no derivative rule (op ${ruleName(node)}); export the model without this op (a newer exporter, opset 17 or later, no fused or custom ops).`,
  );
}
