/** Removes nodes and constants that no output depends on. Inputs stay: they are the graph's contract. */
import type { Graph, Node } from '../../onnx/graph';
import { usedValues } from './graphIndex';

export function prune(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map(output => output.name));
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(name => needed.has(name))) continue;
    for (const name of usedValues(node)) needed.add(name);
    nodes.push(node);
  }
  const constants = new Map([...graph.constants].filter(([name]) => needed.has(name)));
  const [inputs, outputs] = [[...graph.inputs], [...graph.outputs]];
  return { ...graph, inputs, outputs, nodes: nodes.reverse(), constants };
}
