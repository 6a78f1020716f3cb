/** Gives the values in nested graphs names of their own, for facts and derivatives know values by their names. */
import type { Graph, Node } from '../../onnx/graph';
import { mapNestedGraphs, renameInputs } from './graphIndex';

/** ONNX lets bodies that do not contain each other use the same names. */
export function uniqueBodyNames(graph: Graph): Graph {
  const taken = new Set<string>(valuesOf(graph));
  const visit = (node: Node): Node =>
    mapNestedGraphs(node, inner => {
      const own = renameClashes(inner, taken);
      return { ...own, nodes: own.nodes.map(visit) };
    });
  return { ...graph, nodes: graph.nodes.map(visit) };
}

function valuesOf({ inputs, constants, nodes }: Graph): string[] {
  return [
    ...inputs.map(input => input.name),
    ...constants.keys(),
    ...nodes.flatMap(node => node.outputs.filter(name => name !== '')),
  ];
}

function renameClashes(inner: Graph, taken: Set<string>): Graph {
  const renamed = new Map<string, string>();
  for (const name of valuesOf(inner)) {
    let unique = name;
    for (let i = 2; taken.has(unique); i++) unique = `${name}#${i}`;
    if (unique !== name) renamed.set(name, unique);
    taken.add(unique);
  }
  if (renamed.size === 0) return inner;
  const rename = (name: string): string => renamed.get(name) ?? name;
  const named = <T extends { readonly name: string }>(info: T): T => ({
    ...info,
    name: rename(info.name),
  });
  return {
    ...inner,
    inputs: inner.inputs.map(named),
    outputs: inner.outputs.map(named),
    constants: new Map([...inner.constants].map(([name, value]) => [rename(name), value])),
    nodes: inner.nodes.map(node => ({
      ...renameInputs(node, rename),
      outputs: node.outputs.map(rename),
    })),
  };
}
