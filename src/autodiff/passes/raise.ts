/** Replaces an expression by one node. */
import { toAttributes, type PlainAttributes } from '../../onnx/builder';
import type { Graph } from '../../onnx/graph';
import { GraphIndex } from './graphIndex';
import { nothing, type Bindings, type Pattern } from './pattern';

export interface Raised {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: PlainAttributes;
}

/**
 * Where the last node of an expression (of op `root`) matches, the one node takes its place and its name.
 * The inner nodes stay until they are pruned, for something else may read them.
 */
export function raise(
  graph: Graph,
  root: string,
  pattern: Pattern,
  replacement: (found: Bindings) => Raised,
): Graph {
  const index = new GraphIndex(graph);
  const nodes = graph.nodes.map(node => {
    const output = node.outputs[0];
    if (node.op !== root || node.domain !== '' || output === undefined) return node;
    const found = pattern(output, index, nothing);
    if (!found) return node;
    const { op, inputs, attributes } = replacement(found);
    return { ...node, op, inputs, attributes: toAttributes(attributes) };
  });
  return { ...graph, nodes };
}
