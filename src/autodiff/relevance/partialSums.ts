/**
 * Where a layer ends for the epsilon rule: a product, its bias and a residual connection are one sum, in whatever order and in how many
 * nodes an exporter wrote them.
 */
import type { Graph, Node } from '../../onnx/graph';

const sums = new Set(['Add', 'Sub', 'Sum']);

/** Values that a sum goes on with: their one reader, perhaps after a Reshape, is a sum. */
export function findPartialSums(graph: Graph): Set<string> {
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      const found = readers.get(input);
      if (found) found.push(node);
      else readers.set(input, [node]);
    }
  }
  const goesOn = (value: string): boolean => {
    const [reader, ...others] = readers.get(value) ?? [];
    if (!reader || others.length > 0) return false;
    return sums.has(reader.op) || (reader.op === 'Reshape' && goesOn(reader.outputs[0]!));
  };
  return new Set(graph.nodes.map(node => node.outputs[0]!).filter(goesOn));
}
