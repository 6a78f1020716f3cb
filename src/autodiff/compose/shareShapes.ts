/** Takes shapes from the first value that has them, so that nothing is computed for its shape alone. */
import { GraphBuilder } from '../../onnx/builder';
import type { Graph, Node } from '../../onnx/graph';
import { staticDims, type Facts } from '../shapes';

/**
 * The derivative of an adjoint asks for that adjoint's shape (to broadcast to it, say) more often than for its
 * values. An adjoint has the shape of what it is the adjoint of, and so has all elementwise work on it: where the
 * shape is taken from the model's own value instead, pruning removes the rest. Two values have one shape if they
 * have in every probe, and a size that is the same in all probes is a constant.
 */
export function shareShapes(graph: Graph, facts: Facts): Graph {
  const result: Graph = { ...graph, constants: new Map(graph.constants), nodes: [] };
  const b = new GraphBuilder({ ...result, nodes: [...graph.nodes] }, 'shape/');
  const first = new Map<string, string>();
  /** The first value of the same shape; the value itself if it is that, or if its shape is not known. */
  const origin = (value: string): string => {
    const dims = facts.get(value)?.dims;
    if (!dims) return value;
    const key = JSON.stringify(dims);
    const before = first.get(key);
    if (before === undefined) first.set(key, value);
    return before ?? value;
  };
  for (const { name } of graph.inputs) origin(name);
  for (const node of graph.nodes) {
    if (node.op === 'Shape' && node.domain === '') {
      const sizes = knownSizes(node, facts);
      const input = sizes ? b.ints(sizes) : origin(node.inputs[0]!);
      result.nodes.push(sizes ? identity(node, input) : { ...node, inputs: [input] });
    } else {
      result.nodes.push(node);
    }
    for (const name of node.outputs) origin(name);
  }
  return result;
}

/** What a Shape node answers, if that is the same for every input of the model. */
function knownSizes(node: Node, facts: Facts): number[] | null {
  const fact = facts.get(node.inputs[0]!);
  if (!fact) return null;
  const at = (name: string, otherwise?: number): number | undefined => {
    const attribute = node.attributes[name];
    return attribute?.kind === 'int' ? attribute.value : otherwise;
  };
  const sizes = staticDims(fact).slice(at('start', 0), at('end'));
  return sizes.every(size => size !== null) ? sizes : null;
}

function identity(node: Node, input: string): Node {
  return { ...node, op: 'Identity', inputs: [input], attributes: {} };
}
