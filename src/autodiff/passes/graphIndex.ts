/** Who makes and who uses each value of a graph. */
import type { Attribute, Constant, Graph, Node } from '../../onnx/graph';
import { numbersOf, sizeOf } from '../../onnx/tensorData';

export class GraphIndex {
  private readonly makers = new Map<string, Node>();

  constructor(private readonly graph: Graph) {
    for (const node of graph.nodes) for (const name of node.outputs) this.makers.set(name, node);
  }

  /** The node of this op (of the standard domain) that makes the value as its first output. */
  maker(value: string, op: string): Node | undefined {
    const node = this.makers.get(value);
    return node?.op === op && node.domain === '' && node.outputs[0] === value ? node : undefined;
  }

  constant(value: string): Constant | undefined {
    return this.graph.constants.get(value);
  }

  /** The number that a constant with one element holds. */
  number(value: string): number | undefined {
    const constant = this.graph.constants.get(value);
    return constant && constant.dtype !== 'string' && sizeOf(constant.dims) === 1
      ? numbersOf(constant)[0]
      : undefined;
  }

  /** The integers of a constant. */
  ints(value: string | undefined): number[] | undefined {
    const constant = this.graph.constants.get(value ?? '');
    return constant && numbersOf(constant);
  }
}

/** Every value that a node reads, including those that its nested graphs take from outside. */
export function usedValues(node: Node): string[] {
  return [...node.inputs.filter(name => name !== ''), ...capturedValues(node)];
}

/** The values that the nested graphs of a node (of If, Loop, Scan) take from outside, each once. */
export function capturedValues(node: Node): string[] {
  const captured = new Set<string>();
  for (const attribute of Object.values(node.attributes)) {
    if (attribute.kind !== 'graph') continue;
    const { inputs, constants, nodes, outputs } = attribute.value;
    const own = new Set([...inputs.map(input => input.name), ...constants.keys()]);
    const read = (name: string): unknown => own.has(name) || captured.add(name);
    for (const inner of nodes) {
      usedValues(inner).forEach(read);
      inner.outputs.forEach(name => own.add(name));
    }
    outputs.forEach(output => read(output.name));
  }
  return [...captured];
}

/** The same node reading other values; nested graphs are renamed too. */
export function renameInputs(node: Node, rename: (name: string) => string): Node {
  const renamed = mapNestedGraphs(node, inner => ({
    ...inner,
    nodes: inner.nodes.map(child => renameInputs(child, rename)),
    outputs: inner.outputs.map(output => ({ ...output, name: rename(output.name) })),
  }));
  return { ...renamed, inputs: node.inputs.map(rename) };
}

/** The same node with its nested graphs (of If, Loop, Scan) changed. */
export function mapNestedGraphs(node: Node, change: (inner: Graph, name: string) => Graph): Node {
  const attributes: Record<string, Attribute> = {};
  for (const [name, attribute] of Object.entries(node.attributes)) {
    attributes[name] =
      attribute.kind === 'graph'
        ? { kind: 'graph', value: change(attribute.value, name) }
        : attribute;
  }
  return { ...node, attributes };
}
