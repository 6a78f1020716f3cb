/**
 * Classifiers read one position of the last layer, [CLS], yet exported graphs compute the last layer at all of
 * them. This pass picks the position where the layer starts, so that neither the forward pass nor the derivative
 * works on positions that nobody reads.
 */
import { GraphBuilder } from '../../onnx/builder';
import type { Graph, Node } from '../../onnx/graph';
import { flat } from '../rule';
import { elementwiseRules } from '../rules/elementwise';
import { rankOf, type Facts, type ValueFacts } from '../shapes';
import { GraphIndex, usedValues } from './graphIndex';

/** The axis of positions, in [batch, length, width]. */
const axis = 1;

/** The one position of a value that is read, or that all may be. */
type Need = number | 'all';

export interface Narrowed {
  readonly graph: Graph;
  /** Of the new graph: narrowed values keep their names, with length 1. */
  readonly facts: Facts;
}

/** Returns the same function of the same inputs, computed with fewer rows. Needs the facts of `graph`. */
export function narrow(graph: Graph, facts: Facts): Narrowed {
  const index = new GraphIndex(graph);
  const needs = findNeeds(graph, facts, index);
  const result: Graph = { ...graph, constants: new Map(graph.constants), nodes: [] };
  const learned = new Map(facts);
  const b = new GraphBuilder({ ...result, nodes: [...graph.nodes] }, 'narrow/');
  b.graph.nodes = result.nodes;
  const narrowed = new Set<string>();
  const picked = new Map<string, string>();

  /** The value at one position only, as [batch, 1, ...]. */
  const pick = (value: string, position: number): string => {
    if (narrowed.has(value)) return value;
    const key = `${value} ${position}`;
    const name = picked.get(key) ?? b.op('Gather', [value, b.ints([position])], { axis });
    picked.set(key, name);
    learned.set(name, lengthOne(facts.get(value)!));
    return name;
  };

  for (const node of graph.nodes) {
    const output = node.outputs[0]!;
    const need = needs.get(output);
    const rows = typeof need === 'number' ? rowOperands(node, facts) : null;
    if (rows) {
      const inputs = node.inputs.map((name, i) =>
        rows.includes(i) ? pick(name, need as number) : name,
      );
      result.nodes.push({ ...node, inputs });
      narrowed.add(output);
      learned.set(output, lengthOne(facts.get(output)!));
    } else if (pickedPosition(node, facts, index) !== null && narrowed.has(node.inputs[0]!)) {
      const inputs = [node.inputs[0]!, b.ints([axis])];
      result.nodes.push({ ...node, op: 'Squeeze', inputs, attributes: {} });
    } else {
      result.nodes.push(node);
    }
  }
  for (const [name, { dtype, dims }] of result.constants) {
    if (!learned.has(name))
      learned.set(name, { dtype, dims: [...facts.values()][0]!.dims.map(() => dims) });
  }
  return { graph: result, facts: learned };
}

/** Which positions of each value are read, from the outputs backwards. */
function findNeeds(graph: Graph, facts: Facts, index: GraphIndex): Map<string, Need> {
  const needs = new Map<string, Need>(graph.outputs.map(output => [output.name, 'all']));
  const demand = (value: string, need: Need): void => {
    const before = needs.get(value);
    needs.set(value, before === undefined || before === need ? need : 'all');
  };
  for (const node of graph.nodes.toReversed()) {
    const position = pickedPosition(node, facts, index);
    const need = needs.get(node.outputs[0]!);
    const rows = typeof need === 'number' ? rowOperands(node, facts) : null;
    if (position !== null) demand(node.inputs[0]!, position);
    else if (rows)
      node.inputs.forEach((name, i) => {
        demand(name, rows.includes(i) ? need! : 'all');
      });
    else
      usedValues(node).forEach(name => {
        demand(name, 'all');
      });
  }
  return needs;
}

/** The position that a Gather picks, null for other nodes. */
function pickedPosition(node: Node, facts: Facts, index: GraphIndex): number | null {
  const [data, indices] = node.inputs;
  if (node.op !== 'Gather' || node.domain !== '' || !data || !indices) return null;
  const attribute = node.attributes['axis'];
  const along = attribute?.kind === 'int' ? attribute.value : 0;
  const rank = rankOf(facts.get(data)!);
  if (index.constant(indices)?.dims.length !== 0 || rank < 3) return null;
  return (along + rank) % rank === axis ? index.number(indices)! : null;
}

const elementwise = new Set(
  Object.entries(elementwiseRules).flatMap(([op, rule]) => (rule === flat ? [] : [op])),
);

/** The inputs whose position i alone determines position i of the output; null where that does not hold. */
function rowOperands(node: Node, facts: Facts): number[] | null {
  const output = facts.get(node.outputs[0]!);
  const others = node.outputs.slice(1).some(name => name !== '');
  if (!output || others || node.domain !== '' || rankOf(output) < 3) return null;
  const attribute = node.attributes['axis'];
  const along = attribute?.kind === 'int' ? attribute.value : -1;
  switch (node.op) {
    case 'MatMul':
      return rankOf(output) === 3 && rankOf(facts.get(node.inputs[0]!)!) === 3 ? [0] : null;
    case 'LayerNormalization':
    case 'Softmax':
    case 'LogSoftmax':
      return (along + rankOf(output)) % rankOf(output) > axis ? [0] : null;
    default:
      return elementwise.has(node.op) ? broadcastRows(node, output, facts) : null;
  }
}

/** The operands of an elementwise op that vary along the axis; the others are broadcast. */
function broadcastRows(node: Node, output: ValueFacts, facts: Facts): number[] | null {
  const rows: number[] = [];
  for (const [i, name] of node.inputs.entries()) {
    if (name === '') continue;
    const input = facts.get(name)!;
    const at = axis - rankOf(output) + rankOf(input);
    const same = input.dims.every((dims, probe) => dims[at] === output.dims[probe]![axis]);
    if (same) rows.push(i);
    else if (at >= 0 && input.dims.some(dims => dims[at] !== 1)) return null;
  }
  return rows.length > 0 && rows.every(i => rankOf(facts.get(node.inputs[i]!)!) === rankOf(output))
    ? rows
    : null;
}

function lengthOne({ dtype, dims }: ValueFacts): ValueFacts {
  return { dtype, dims: dims.map(probe => probe.map((dim, i) => (i === axis ? 1 : dim))) };
}
