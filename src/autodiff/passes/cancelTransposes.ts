/** Removes pairs of Transposes that undo each other, which the derivatives of transposed operands leave behind. */
import type { Graph, Node } from '../../onnx/graph';
import { GraphIndex, renameInputs } from './graphIndex';

/**
 * Pairs that add up to some other permutation stay: ONNX Runtime folds a swap of the last two axes into the
 * matrix product that reads it, which costs less than a third arrangement of the same numbers.
 */
export function cancelTransposes(graph: Graph): Graph {
  const index = new GraphIndex(graph);
  const renamed = new Map<string, string>();
  const outputs = new Set(graph.outputs.map(output => output.name));
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const node = renameInputs(original, name => renamed.get(name) ?? name);
    const inner = node.op === 'Transpose' ? index.maker(node.inputs[0]!, 'Transpose') : undefined;
    const output = node.outputs[0]!;
    if (inner && undoes(node, inner) && !outputs.has(output)) {
      const source = inner.inputs[0]!;
      renamed.set(output, renamed.get(source) ?? source);
    } else {
      nodes.push(node);
    }
  }
  return { ...graph, nodes };
}

function undoes(outer: Node, inner: Node): boolean {
  const [first, second] = [inner.attributes['perm'], outer.attributes['perm']];
  if (first?.kind !== 'ints' || second?.kind !== 'ints') return false;
  return second.value.every((axis, i) => first.value[axis] === i);
}
