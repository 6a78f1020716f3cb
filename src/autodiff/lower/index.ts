/**
 * Brings models as they are found (in half precision, quantised, fused by an optimiser) to float32 graphs of
 * standard operators, which have derivatives.
 */
import type { Graph, Node } from '../../onnx/graph';
import { prune } from '../passes/prune';
import { upgrade } from '../passes/upgrade';
import { halvesIn, toFloat32 } from './float32';
import { foldConditions } from './foldConditions';
import { idleCasts } from './idleCasts';
import { lower } from './lower';

/** Something that was changed. `exact`: the graph computes the same function, but for rounding in float32. */
export interface Conversion {
  readonly kind: 'float16' | 'bfloat16' | 'quantised' | 'fused' | 'control-flow';
  /** For people: 'float16 weights (91 tensors), computed in float32'. */
  readonly says: string;
  readonly exact: boolean;
}

export interface Converted {
  readonly graph: Graph;
  /** Empty for a graph that was float32 and plain already. */
  readonly conversions: readonly Conversion[];
}

/** Operators that round what the model computes to whole numbers. */
const rounding =
  /^(DynamicQuantize|QuantizeLinear|QLinear|QGemm|QAttention|MatMulInteger|ConvInteger)/;

/**
 * The graph in float32 and standard operators, in the operator set of `upgrade`, with inputs, outputs and the names
 * of values kept. To be called before `prepare`. Operators that nothing is known of stay; the derivative
 * complains about them if it has to pass. Throws GlassboxError 'unsupported', naming the node and the way out, for
 * a fused or quantised node in a form that cannot be taken apart.
 */
export function convert(graph: Graph): Converted {
  const halves = halvesIn(graph);
  const rounds = graph.nodes.some(({ op }) => rounding.test(op));
  const upgraded = upgrade(graph);
  const single = idleCasts(toFloat32(upgraded));
  const { graph: straight, folded } = foldConditions(single);
  const { graph: lowered, fused, quantised } = lower(straight);
  const conversions = [...halves].map(([kind, count]): Conversion => ({
    kind,
    says: `${kind} weights (${count} tensors), computed in float32`,
    exact: false,
  }));
  if (quantised.size > 0) {
    const says = rounds
      ? `quantised weights and activations (${listed(quantised)}), taken as the real numbers that they stand for`
      : `quantised weights (${listed(quantised)}), multiplied out`;
    conversions.push({ kind: 'quantised', says, exact: !rounds });
  }
  if (fused.size > 0) {
    conversions.push({ kind: 'fused', says: `fused operators: ${listed(fused)}`, exact: true });
  }
  if (folded > 0) {
    const says = `${folded} conditions (If) that always go the same way`;
    conversions.push({ kind: 'control-flow', says, exact: true });
  }
  const result = prune(lowered);
  return { graph: { ...result, domains: usedDomains(result) }, conversions };
}

function listed(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([op, count]) => `${op} x ${count}`).join(', ');
}

/** The operator sets that something still needs. */
function usedDomains(graph: Graph): Graph['domains'] {
  const used = new Set<string>();
  const visit = (node: Node): void => {
    used.add(node.domain);
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') attribute.value.nodes.forEach(visit);
    }
  };
  graph.nodes.forEach(visit);
  return Object.fromEntries(Object.entries(graph.domains).filter(([domain]) => used.has(domain)));
}
