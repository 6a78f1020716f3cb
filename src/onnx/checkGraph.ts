/** Structural faults of a graph that ONNX Runtime would report late or badly. */
import type { Graph, Node } from './graph';

/**
 * Throws an Error when a value is used before it is made, made twice, or an output is missing.
 * `outer` are the values that an enclosing graph provides.
 */
export function checkGraph(graph: Graph, outer: ReadonlySet<string> = new Set()): void {
  const defined = new Set(outer);
  const define = (name: string, where: string): void => {
    if (name === '') return;
    if (defined.has(name)) throw new Error(`Value "${name}" is made twice (${where}).`);
    defined.add(name);
  };
  for (const { name } of graph.inputs) define(name, 'graph input');
  for (const name of graph.constants.keys()) define(name, 'constant');
  for (const node of graph.nodes) {
    for (const name of node.inputs) {
      if (name !== '' && !defined.has(name)) {
        throw new Error(`${describe(node)} uses "${name}" before it is made.`);
      }
    }
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') checkGraph(attribute.value, defined);
    }
    for (const name of node.outputs) define(name, describe(node));
  }
  for (const { name } of graph.outputs) {
    if (!defined.has(name)) throw new Error(`Nothing makes the graph output "${name}".`);
  }
  const domains = new Set(['', ...Object.keys(graph.domains)]);
  for (const node of graph.nodes) {
    if (!domains.has(node.domain)) {
      throw new Error(`${describe(node)} is of the undeclared domain "${node.domain}".`);
    }
  }
}

function describe(node: Node): string {
  return `${node.op} "${node.name || node.outputs[0]}"`;
}
