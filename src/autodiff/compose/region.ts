/** The part of a graph that has to run to learn the shapes of some of its values. */
import type { Constant, Graph, Node } from '../../onnx/graph';
import { isFloat } from '../../onnx/tensorData';
import { usedValues } from '../passes/graphIndex';
import { rankOf, type Facts } from '../shapes';

/**
 * The nodes that `values` depend on, cut off where shapes are known: there the values, weights above all, become
 * inputs of any content. Only floats of rank 2 and more are cut; numbers and lists may be part of the arithmetic
 * of shapes. The result has `values` as its outputs.
 */
export function regionOf(graph: Graph, values: readonly string[], facts: Facts): Graph {
  const needed = new Set(values);
  const cut = new Set<string>();
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(name => needed.has(name))) continue;
    nodes.push(node);
    for (const name of usedValues(node)) (isKnownTensor(name, facts) ? cut : needed).add(name);
  }
  for (const node of nodes) node.outputs.forEach(name => cut.delete(name));
  const own = graph.inputs.filter(({ name }) => needed.has(name) && !cut.has(name));
  const inputs = [...cut].map(name => {
    const { dtype, dims } = facts.get(name)!;
    return { name, dtype, dims: dims[0]!.map(() => null) };
  });
  const constants = new Map<string, Constant>();
  for (const [name, constant] of graph.constants) {
    if (needed.has(name) && !cut.has(name)) constants.set(name, constant);
  }
  return {
    ...graph,
    inputs: [...own, ...inputs],
    outputs: values.map(name => ({ name })),
    nodes: nodes.reverse(),
    constants,
  };
}

function isKnownTensor(value: string, facts: Facts): boolean {
  const found = facts.get(value);
  return found !== undefined && isFloat(found.dtype) && rankOf(found) >= 2;
}
