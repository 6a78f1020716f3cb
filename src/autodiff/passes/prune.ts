/** Removes nodes and constants that no output depends on. Inputs stay: they are the graph's contract. */
import type { Graph, Node } from '../../onnx/graph';
import { isScan, putTogether, takeApart } from '../scanParts';
import { mapNestedGraphs, usedValues } from './graphIndex';

export function prune(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map(output => output.name));
  const nodes: Node[] = [];
  for (const whole of graph.nodes.toReversed()) {
    if (!whole.outputs.some(name => needed.has(name))) continue;
    const node = isScan(whole) ? pruneScan(whole, needed) : whole;
    for (const name of usedValues(node)) needed.add(name);
    nodes.push(node);
  }
  const constants = new Map([...graph.constants].filter(([name]) => needed.has(name)));
  const [inputs, outputs] = [[...graph.inputs], [...graph.outputs]];
  return { ...graph, inputs, outputs, nodes: nodes.reverse(), constants };
}

/** A loop that stacks only what is needed outside, and does only the work for that and for its states. */
function pruneScan(node: Node, needed: ReadonlySet<string>): Node {
  const parts = takeApart(node);
  const outputs = parts.outputs.filter(port => needed.has(port.outer));
  const trimmed = putTogether({ ...parts, outputs });
  return mapNestedGraphs(trimmed, prune);
}
