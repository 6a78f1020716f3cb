/** Gives matrix products a transposed copy of their left operand instead of the operand and `transA`. */
import { GraphBuilder, toAttributes } from '../../onnx/builder';
import type { Graph, Node } from '../../onnx/graph';
import { GraphIndex } from './graphIndex';

/**
 * Gradients of weights are A^T g with thousands of rows in A, which ONNX Runtime's Gemm reads slowly across:
 * by a tenth slower than a copy of A^T, the copying included, and one copy serves every product of A. The copy is
 * made in three dimensions, for a Transpose in two is fused into the Gemm again. Comes after differentiation.
 */
export function copyTransposed(graph: Graph): Graph {
  const result: Graph = { ...graph, constants: new Map(graph.constants), nodes: [] };
  const b = new GraphBuilder({ ...result, nodes: [...graph.nodes] }, 'copy/');
  b.graph.nodes = result.nodes;
  const index = new GraphIndex(graph);
  for (const original of graph.nodes) {
    const node = swapped(original, index) ?? original;
    if (!isLeftTransposed(node)) {
      result.nodes.push(node);
      continue;
    }
    const slab = b.op('Unsqueeze', [node.inputs[0]!, b.ints([0])]);
    const turned = b.op('Transpose', [slab], { perm: [2, 0, 1] });
    const copy = b.op('Reshape', [turned, b.ints([0, -1])]);
    const attributes = toAttributes({ ...node.attributes, transA: 0 });
    result.nodes.push({ ...node, inputs: [copy, ...node.inputs.slice(1)], attributes });
  }
  return result;
}

/** A^T B, plain. */
function isLeftTransposed({ op, domain, inputs, attributes }: Node): boolean {
  const is = (name: string): boolean => {
    const attribute = attributes[name];
    return attribute?.kind === 'int' && attribute.value === 1;
  };
  return op === 'Gemm' && domain === '' && inputs.length === 2 && is('transA') && !is('transB');
}

/** (A^T B)^T as B^T A; null for other nodes. */
function swapped(node: Node, index: GraphIndex): Node | null {
  const inner = node.op === 'Transpose' ? index.maker(node.inputs[0]!, 'Gemm') : undefined;
  if (!inner || !isLeftTransposed(inner)) return null;
  return { ...inner, name: node.name, inputs: inner.inputs.toReversed(), outputs: node.outputs };
}
