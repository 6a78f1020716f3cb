/** Replaces an `If` whose condition is known before the model runs by the branch that it takes. */
import type { Graph, Node } from '../../onnx/graph';
import { renameInputs } from '../passes/graphIndex';
import { inferKnown } from './inferKnown';
import { single } from './known';

/** Also the branches' own conditions. `folded` counts them. */
export function foldConditions(graph: Graph): { graph: Graph; folded: number } {
  const known = inferKnown(graph);
  const constants = new Map(graph.constants);
  let folded = 0;
  const nodes = graph.nodes.flatMap(node => {
    const condition =
      node.op === 'If' && node.domain === '' ? single(known.get(node.inputs[0]!)) : null;
    const branch = node.attributes[condition === 0 ? 'else_branch' : 'then_branch'];
    if (typeof condition !== 'number' || branch?.kind !== 'graph') return [node];
    folded++;
    return inlined(node, branch.value, constants);
  });
  if (folded === 0) return { graph, folded };
  // With a branch in place, the conditions inside it and behind it may be known too.
  const further = foldConditions({ ...graph, nodes, constants });
  return { graph: further.graph, folded: folded + further.folded };
}

/** The nodes of a branch, under names of their own; its constants are added to `constants`. */
function inlined(node: Node, branch: Graph, constants: Graph['constants']): Node[] {
  const names = new Map<string, string>();
  const own = (name: string): string => `${node.outputs[0]!}/${name}`;
  for (const name of branch.constants.keys()) names.set(name, own(name));
  for (const name of branch.nodes.flatMap(inner => inner.outputs)) names.set(name, own(name));
  names.set('', '');
  const rename = (name: string): string => names.get(name) ?? name;
  for (const [name, constant] of branch.constants) constants.set(rename(name), constant);
  const nodes = branch.nodes.map(inner => ({
    ...renameInputs(inner, rename),
    name: own(inner.name),
    outputs: inner.outputs.map(rename),
  }));
  const results = node.outputs.flatMap((output, i): Node[] => {
    const value = branch.outputs[i]?.name;
    if (output === '' || value === undefined) return [];
    return [
      {
        op: 'Identity',
        domain: '',
        name: output,
        inputs: [rename(value)],
        outputs: [output],
        attributes: {},
      },
    ];
  });
  return [...nodes, ...results];
}
