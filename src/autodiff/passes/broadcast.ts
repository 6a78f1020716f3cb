/** Lets arithmetic spread its operands by itself instead of reading copies that were spread out before. */
import type { Graph, Node } from '../../onnx/graph';
import type { Facts } from '../shapes';
import { GraphIndex } from './graphIndex';

/** Ops whose operands are spread over each other's shapes. */
const spreading = new Set(['Add', 'Sub', 'Mul', 'Div']);

/**
 * The adjoint of a sum is an Expand, as large as what was summed up. Where it only meets a value of that size in arithmetic, the small
 * value will do: one pass over memory less, with the same bits. `facts` of the values concerned; where there are none,
 * nothing is changed.
 */
export function broadcast(graph: Graph, facts: Facts): Graph {
  const index = new GraphIndex(graph);
  const sizeOf = (value: string): string | null => {
    const found = facts.get(value);
    return found ? JSON.stringify(found.dims) : null;
  };
  const smaller = (node: Node): Node => {
    if (!spreading.has(node.op) || node.domain !== '' || node.inputs.length !== 2) return node;
    for (const [at, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const expand = index.maker(node.inputs[at]!, 'Expand');
      const size = sizeOf(node.inputs[at]!);
      if (!expand || size === null || size !== sizeOf(node.inputs[other]!)) continue;
      return { ...node, inputs: node.inputs.with(at, expand.inputs[0]!) };
    }
    return node;
  };
  return { ...graph, nodes: graph.nodes.map(smaller) };
}
