/** Joins a Transpose of a Transpose; two that undo each other vanish. */
import type { Graph, Node } from '../../onnx/graph';
import { renameInputs } from './graphIndex';

interface View {
  readonly source: string;
  readonly perm: readonly number[];
}

export function mergeTransposes(graph: Graph): Graph {
  const views = new Map<string, View>();
  const renamed = new Map<string, string>();
  const outputs = new Set(graph.outputs.map(output => output.name));
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const node = renameInputs(original, name => renamed.get(name) ?? name);
    const perm = node.attributes['perm'];
    if (node.op !== 'Transpose' || node.domain !== '' || perm?.kind !== 'ints') {
      nodes.push(node);
      continue;
    }
    const inner = views.get(node.inputs[0]!);
    const joined = inner ? perm.value.map(axis => inner.perm[axis]!) : perm.value;
    const source = inner?.source ?? node.inputs[0]!;
    const output = node.outputs[0]!;
    if (joined.every((axis, i) => axis === i) && !outputs.has(output)) {
      renamed.set(output, source);
      continue;
    }
    views.set(output, { source, perm: joined });
    nodes.push({
      ...node,
      inputs: [source],
      attributes: { perm: { kind: 'ints', value: joined } },
    });
  }
  return { ...graph, nodes };
}
