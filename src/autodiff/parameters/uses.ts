/** Where a graph uses its constants, and as what. */
import type { Graph, Node } from '../../onnx/graph';
import { originalOf } from '../standIn';

/** One place that reads a constant. */
export interface Use {
  readonly node: Node;
  readonly input: number;
  /** What the node takes it for; undefined where it could be anything (a scale, a mask, a table of angles). */
  readonly role: Role | undefined;
}

export type Role = 'weight' | 'bias' | 'weight_ih' | 'weight_hh' | 'statistic';

/** The role of an operand, by op. The left operand of MatMul may be a weight too (of a mixing layer, say). */
const roles: Readonly<Record<string, readonly (Role | undefined)[]>> = {
  MatMul: ['weight', 'weight'],
  Gemm: ['weight', 'weight', 'bias'],
  Conv: [undefined, 'weight', 'bias'],
  ConvTranspose: [undefined, 'weight', 'bias'],
  Gather: ['weight'],
  PRelu: [undefined, 'weight'],
  LSTM: [undefined, 'weight_ih', 'weight_hh', 'bias'],
  GRU: [undefined, 'weight_ih', 'weight_hh', 'bias'],
  RNN: [undefined, 'weight_ih', 'weight_hh', 'bias'],
  LayerNormalization: [undefined, 'weight'],
  BatchNormalization: [undefined, 'weight', 'bias', 'statistic', 'statistic'],
};

/** Ops through which a weight passes unchanged but for its shape, before it is used. */
const passing = new Set([
  'Identity',
  'Cast',
  'Transpose',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Slice',
]);

/** The uses of each constant, in the order of the graph; constants in the order of their first use. */
export function usesOf(graph: Graph): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  /** Values that hold a constant in another shape. */
  const forms = new Map<string, string>();
  const add = (constant: string, use: Use): void => {
    const before = uses.get(constant);
    if (before) before.push(use);
    else uses.set(constant, [use]);
  };
  const visit = (node: Node): void => {
    node.inputs.forEach((name, input) => {
      const constant = graph.constants.has(name) ? name : forms.get(name);
      if (constant === undefined) return;
      const original = originalOf(node);
      if (original) {
        add(constant, { ...original, role: roles[original.node.op]?.[original.input] });
        return;
      }
      if (input === 0 && passing.has(node.op) && node.domain === '') {
        forms.set(node.outputs[0]!, constant);
        return;
      }
      const role = node.domain === '' ? roles[node.op]?.[input] : undefined;
      add(constant, { node, input, role });
    });
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') attribute.value.nodes.forEach(visit);
    }
  };
  graph.nodes.forEach(visit);
  return uses;
}
