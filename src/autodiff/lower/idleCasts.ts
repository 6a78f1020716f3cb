/** Casts to the type that a value has already, as a graph in one precision is full of. */
import { typeOfCode } from '../../onnx/dataTypes';
import type { Graph } from '../../onnx/graph';
import { inferKnown } from './inferKnown';

/** They become Identity, which later passes remove. */
export function idleCasts(graph: Graph): Graph {
  const known = inferKnown(graph);
  const nodes = graph.nodes.map(node => {
    const to = node.attributes['to'];
    if (node.op !== 'Cast' || node.domain !== '' || to?.kind !== 'int') return node;
    const idle = known.get(node.inputs[0]!)?.dtype === typeOfCode(to.value);
    return idle ? { ...node, op: 'Identity', attributes: {} } : node;
  });
  return { ...graph, nodes };
}
