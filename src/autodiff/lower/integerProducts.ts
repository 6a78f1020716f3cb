/**
 * Products of whole numbers that become real further down: MatMulInteger (or ConvInteger), Cast, and one or two
 * multiplications by the scales of both operands, as ONNX Runtime's dynamic quantisation writes them.
 */
import type { Graph, Node } from '../../onnx/graph';
import { FusedNode, type Surroundings } from './lowering';
import type { RuleBuilder } from '../ruleBuilder';
import { convolve } from './products';

const integerOps = new Set(['MatMulInteger', 'ConvInteger']);

/** A product, and the factors that its result is multiplied by. */
export interface IntegerProduct {
  readonly node: Node;
  readonly factors: readonly string[];
}

/** By the output of the multiplication that completes it. */
export function findIntegerProducts(graph: Graph): Map<string, IntegerProduct> {
  const users = new Map<string, Node[]>();
  const makers = new Map<string, Node>();
  for (const node of graph.nodes) {
    for (const name of node.outputs) makers.set(name, node);
    for (const name of node.inputs) users.set(name, [...(users.get(name) ?? []), node]);
  }
  /** The factors of a product of scales. */
  const factorsOf = (value: string): string[] => {
    const node = makers.get(value);
    return node?.op === 'Mul' && node.domain === '' ? node.inputs.flatMap(factorsOf) : [value];
  };
  const found = new Map<string, IntegerProduct>();
  for (const node of graph.nodes) {
    if (!integerOps.has(node.op) || node.domain !== '') continue;
    const factors: string[] = [];
    let value = node.outputs[0]!;
    while (factors.length < 2) {
      const [user, ...others] = users.get(value) ?? [];
      if (!user || others.length > 0 || (user.op !== 'Cast' && user.op !== 'Mul')) break;
      if (user.op === 'Mul') {
        factors.push(...factorsOf(user.inputs.find(name => name !== value)!));
      }
      value = user.outputs[0]!;
    }
    found.set(factors.length === 2 ? value : node.outputs[0]!, { node, factors });
  }
  return found;
}

/** The float product that it approximates. Throws 'unsupported' where the scales cannot be told apart. */
export function lowerIntegerProduct(
  { node, factors }: IntegerProduct,
  around: Surroundings & { maker(value: string): Node | undefined },
  b: RuleBuilder,
): string {
  const n = new FusedNode(node, around);
  if (factors.length !== 2) throw n.refusal('gives whole numbers that no scales make real');
  const [first, second] = factors as [string, string];
  const ofLeft = scaleOf(n.x[0]!, around);
  const ofRight = scaleOf(n.x[1]!, around);
  const swapped = ofLeft === second || ofRight === first;
  if (!swapped && ofLeft !== first && ofRight !== second) {
    throw n.refusal('has scales that cannot be told apart');
  }
  const [left, right] = swapped ? [second, first] : [first, second];
  const conv = node.op === 'ConvInteger';
  const x = around.real(n.x[0]!, left, n.x[2]!, -2);
  const weight = around.real(n.x[1]!, right, n.x[3]!, conv ? 0 : -1);
  if (x === undefined || weight === undefined) {
    throw n.refusal('reads whole numbers whose real values are not known');
  }
  return conv ? convolve(n, b, [x, weight]) : b.matmul(x, weight);
}

/** The scale with which a value was quantised while the model ran. */
function scaleOf(
  value: string,
  around: { maker(value: string): Node | undefined },
): string | undefined {
  const node = around.maker(value);
  if (node?.op === 'DynamicQuantizeLinear') return node.outputs[1];
  if (node?.op === 'QuantizeLinear') return node.inputs[1];
  // What only moves elements keeps their scale.
  const source = node?.inputs[0];
  return source === undefined ? undefined : scaleOf(source, around);
}
