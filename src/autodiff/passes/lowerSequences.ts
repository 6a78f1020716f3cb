/**
 * Lists of tensors, by which exporters write `split`, `unbind` and `stack`: what is read from a list whose
 * items are known becomes a tensor operation, and the list is left for pruning.
 */
import { GraphBuilder } from '../../onnx/builder';
import type { Graph, Node } from '../../onnx/graph';
import { GraphIndex } from './graphIndex';

export const sequenceOps = [
  ...['SequenceAt', 'SequenceConstruct', 'SequenceEmpty', 'SequenceErase', 'SequenceInsert'],
  ...['SequenceLength', 'SplitToSequence', 'ConcatFromSequence'],
];

/** The names of the items, or how a tensor is cut into pieces of one size. */
type List = readonly string[] | Cut;

interface Cut {
  readonly source: string;
  readonly axis: number;
  readonly size: number;
  /** Whether pieces of size 1 keep the axis. */
  readonly keeps: boolean;
}

/** Returns the same function with fewer sequence operators, or none. */
export function lowerSequences(graph: Graph): Graph {
  if (!graph.nodes.some(node => sequenceOps.includes(node.op))) return graph;
  const constants = new Map(graph.constants);
  const index = new GraphIndex(graph);
  const b = new GraphBuilder({ ...graph, constants, nodes: [...graph.nodes] }, 'sequence/');
  const lists = new Map<string, List>();
  const nodes: Node[] = [];
  b.graph.nodes = nodes;
  for (const node of graph.nodes) {
    const output = node.outputs[0]!;
    const list = node.domain === '' ? listOf(node, lists, index, b) : undefined;
    if (list) lists.set(output, list);
    const input = lists.get(node.inputs[0] ?? '');
    const made = input && node.domain === '' ? readFrom(node, input, index, b) : undefined;
    nodes.push(made ? { ...made, name: node.name, outputs: node.outputs } : node);
  }
  return { ...graph, constants, nodes };
}

function int(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'int' ? attribute.value : otherwise;
}

/** The list that a node makes, where its items are known. */
function listOf(
  node: Node,
  lists: ReadonlyMap<string, List>,
  index: GraphIndex,
  b: GraphBuilder,
): List | undefined {
  const [first = '', second, third] = node.inputs;
  const before = lists.get(first);
  switch (node.op) {
    case 'SequenceEmpty':
      return [];
    case 'SequenceConstruct':
      return node.inputs;
    case 'Identity':
      return before;
    case 'SequenceInsert': {
      const place = third ? index.number(third) : Infinity;
      const known = before && !isCut(before) && place !== undefined;
      return known ? before.toSpliced(place, 0, second!) : undefined;
    }
    case 'SequenceErase': {
      const place = second ? index.number(second) : -1;
      const known = before && !isCut(before) && place !== undefined;
      return known ? before.toSpliced(place, 1) : undefined;
    }
    case 'SplitToSequence':
      return split(node, index, b);
    default:
      return undefined;
  }
}

function split(node: Node, index: GraphIndex, b: GraphBuilder): List | undefined {
  const [source, sizes] = node.inputs as [string, string | undefined];
  const axis = int(node, 'axis', 0);
  if (!sizes) return { source, axis, size: 1, keeps: int(node, 'keepdims', 1) === 1 };
  const constant = index.constant(sizes);
  if (!constant) return undefined;
  if (constant.dims.length === 0) return { source, axis, size: index.number(sizes)!, keeps: true };
  const list = b.ints(index.ints(sizes)!);
  return b.ops('Split', [source, list], constant.dims[0]!, { axis });
}

/** The node that takes the place of one that reads a list; its outputs are the old one's. */
function readFrom(node: Node, list: List, index: GraphIndex, b: GraphBuilder): Node | undefined {
  const build = (op: string, inputs: string[], attributes: Record<string, number> = {}): Node => {
    b.op(op, inputs, attributes);
    return b.graph.nodes.pop()!;
  };
  switch (node.op) {
    case 'SequenceAt': {
      const place = node.inputs[1]!;
      const at = index.number(place);
      if (!isCut(list)) {
        const item = at === undefined ? undefined : list.at(at);
        return item === undefined ? undefined : build('Identity', [item]);
      }
      const { source, axis, size, keeps } = list;
      if (size === 1) {
        const places = keeps ? b.op('Reshape', [place, b.ints([1])]) : place;
        return build('Gather', [source, places], { axis });
      }
      if (at === undefined || at < 0) return undefined;
      const bounds = [b.ints([at * size]), b.ints([(at + 1) * size]), b.ints([axis])];
      return build('Slice', [source, ...bounds]);
    }
    case 'SequenceLength':
      return isCut(list) ? undefined : build('Identity', [b.int(list.length)]);
    case 'ConcatFromSequence': {
      const axis = int(node, 'axis', 0);
      const stacks = int(node, 'new_axis', 0) === 1;
      if (isCut(list)) {
        const whole = list.keeps && !stacks && axis === list.axis;
        return whole ? build('Identity', [list.source]) : undefined;
      }
      const items = stacks
        ? list.map(item => b.op('Unsqueeze', [item, b.ints([axis])]))
        : [...list];
      return build('Concat', items, { axis });
    }
    default:
      return undefined;
  }
}

function isCut(list: List): list is Cut {
  return 'source' in list;
}
