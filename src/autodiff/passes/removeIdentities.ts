/** Removes Identity, and Dropout as it is at inference; their users read the original value. */
import type { Graph, Node } from '../../onnx/graph';
import { renameInputs } from './graphIndex';

export function removeIdentities(graph: Graph): Graph {
  const renamed = new Map<string, string>();
  const rename = (name: string): string => renamed.get(name) ?? name;
  const outputs = new Set(graph.outputs.map(output => output.name));
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const node = renameInputs(original, rename);
    const [input, output] = [node.inputs[0], node.outputs[0]];
    const idle = node.op === 'Identity' || isIdleDropout(node);
    if (node.domain === '' && idle && input && output && !outputs.has(output)) {
      renamed.set(output, input);
    } else {
      nodes.push(node);
    }
  }
  return { ...graph, nodes };
}

/** Without a training_mode input, and with its mask unused by name, Dropout passes its input on. */
function isIdleDropout(node: Node): boolean {
  return node.op === 'Dropout' && !node.inputs[2] && !node.outputs[1];
}
