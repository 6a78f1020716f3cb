/**
 * Follows types, shapes and small integers through a graph without running it: enough to tell the rank of an
 * attention mask, to see that two branches of an `If` have only one that can be taken, and to find casts that
 * change nothing. What is not known stays unknown; nothing is guessed.
 */
import type { Graph, Node } from '../../onnx/graph';
import { inferRules } from './inferRules';
import { joined } from './inferShapes';
import { knownConstant, unknown, type Known, type KnownValues } from './known';
import { ruleName } from '../rule';

/** `outer`: what is known of the values that an enclosing graph provides. Covers all values of the graph itself. */
export function inferKnown(graph: Graph, outer: KnownValues = new Map()): Map<string, Known> {
  const known = new Map(outer);
  for (const { name, dtype, dims } of graph.inputs) known.set(name, { dtype, dims });
  for (const [name, constant] of graph.constants) known.set(name, knownConstant(constant));
  for (const node of graph.nodes) {
    const results = inferNode(node, known);
    node.outputs.forEach((name, i) => {
      if (name !== '') known.set(name, results[i] ?? unknown);
    });
  }
  return known;
}

function inferNode(node: Node, known: KnownValues): readonly Known[] {
  const branches = [node.attributes['then_branch'], node.attributes['else_branch']];
  const [yes, no] = branches.map(branch => (branch?.kind === 'graph' ? branch.value : undefined));
  if (yes && no) {
    const [first, second] = [inferKnown(yes, known), inferKnown(no, known)];
    return node.outputs.map((_, i) =>
      joined(first.get(yes.outputs[i]?.name ?? ''), second.get(no.outputs[i]?.name ?? '')),
    );
  }
  const rule = inferRules[ruleName(node)];
  const inputs = node.inputs.map(name => known.get(name) ?? unknown);
  return rule?.(node, inputs) ?? [];
}
