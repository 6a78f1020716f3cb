/**
 * Passes may take an operator apart that has trained parameters. The nodes that then read the parameters remember
 * whose they were, so that the parameters keep the names which they had in the training framework.
 */
import type { Node } from '../onnx/graph';

const keys = { op: 'glassbox.op', name: 'glassbox.node', input: 'glassbox.input' };

/** `node`, which reads what was the input number `input` of `original`. */
export function standingFor(node: Node, original: Node, input: number): Node {
  const { op, name, metadata } = original;
  const remembered = { [keys.op]: op, [keys.name]: name, [keys.input]: String(input) };
  return { ...node, metadata: { ...metadata, ...remembered } };
}

/** The operator that a node stands for, as far as its names tell, and which of the inputs; or undefined. */
export function originalOf(node: Node): { node: Node; input: number } | undefined {
  const { [keys.op]: op, [keys.name]: name, [keys.input]: input } = node.metadata ?? {};
  if (op === undefined || name === undefined || input === undefined) return undefined;
  return { node: { ...node, op, name }, input: Number(input) };
}
