/**
 * The rules of relevance propagation, as changes of derivative rules: with them the walk gives adjoints whose product with
 * a value is its relevance (Achtibat et al. 2024, arXiv:2402.05602, section 3.3; Ali et al. 2022, arXiv:2202.07304, section 4).
 *
 * A layer y = W x + b, a sum, a mean: the derivative. An activation f: f(x) / x in place of f'(x), so that
 * relevance passes unchanged. A normalisation: its scale is a constant. A product of two signals: each
 * gets half; of a signal and a gate, the signal takes all (gates.ts). Softmax: its derivative (AttnLRP), or a constant (CP-LRP).
 */
import { GlassboxError } from '../../protocol/messages';
import { describeNode, flat, spread, type NodeView, type Rule, type RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import { rules as derivative } from '../rules';
import type { BiasRelevance } from './biases';
import type { Gates } from './gates';
import { activationsAtZero, likeDerivative, scales } from './kinds';

export interface RelevanceVariant {
  /** Whether relevance goes through the softmax, to queries and keys. */
  readonly throughSoftmax: boolean;
  /** What an activated signal gets in a product with another signal, as in gated layers: half, or nothing. */
  readonly activatedGates: 'half' | 'nothing';
  /** A value [1]: layers z give z / (z + epsilon sign z) of their relevance away (Bach et al. 2015, equation 58). */
  readonly epsilon: string | null;
}

/** What the rules know of the graph that they are for. */
export interface RelevanceContext {
  readonly variant: RelevanceVariant;
  readonly gates: Gates;
  readonly biases: BiasRelevance;
  /** Values that the next sum goes on with: there the layer ends (partialSums.ts). */
  readonly partialSums: ReadonlySet<string>;
}

/** The table for one graph; the relevance of biases goes to `biases`. Its rules throw GlassboxError 'unsupported'. */
export function relevanceRules(context: RelevanceContext): RuleTable {
  const table: Record<string, Rule> = {};
  for (const [op, rule] of Object.entries(derivative)) table[op] = rule === flat ? flat : noRule;
  for (const op of likeDerivative) table[op] = derivative[op]!;
  for (const op of scales) table[op] = flat;
  for (const [op, atZero] of Object.entries(activationsAtZero)) {
    table[op] = (g, n, b) => [spread(() => activation(context, g, n, b, atZero))];
  }
  const own: RuleTable = {
    MatMul: (g, n, b) => derivative['MatMul']!(shared(layerEnd(context, g, n, b), n, b), n, b),
    Einsum: (g, n, b) => derivative['Einsum']!(shared(layerEnd(context, g, n, b), n, b), n, b),
    Gemm: (g, n, b) => gemm(context, g, n, b),
    Conv: (g, n, b) => convolution(context, g, n, b),
    Add: (g, n, b) => sum(context, layerEnd(context, g, n, b), n, b),
    Sum: (g, n, b) => sum(context, layerEnd(context, g, n, b), n, b),
    Sub: (g, n, b) => difference(context, g, n, b),
    Where: (g, n, b) => choice(context, g, n, b),
    Concat: (g, n, b) => derivative['Concat']!(g, n, b),
    Mul: (g, n, b) => product(context, g, n, b),
    // A denominator scales, and has no share.
    Div: (g, n, b) => [spread(() => b.div(g, n.x[1]!)), null],
    Pow: (g, n, b) => [spread(() => activation(context, g, n, b, 0)), null],
    Clip: (g, n, b) => [spread(() => clipped(context, g, n, b)), null, null],
    Softmax: context.variant.throughSoftmax ? derivative['Softmax']! : flat,
    LayerNormalization: (g, n, b) => layerNormalization(context, g, n, b),
    BatchNormalization: (g, n, b) => batchNormalization(context, g, n, b),
  };
  return { ...table, ...own };
}

const noRule: Rule = (_g, n) => {
  throw new GlassboxError(
    'unsupported',
    `Relevance propagation has no rule for ${describeNode(n.node)}; explain this model by gradients or by perturbation.`,
  );
};

/** The adjoint before a product of `wanted` signals, each of which gets its equal part. */
function shared(g: string, n: NodeView, b: RuleBuilder): string {
  return b.scale(g, 1 / n.wanted.length);
}

/** g |z| / (|z| + epsilon) at the value z of a layer. */
function damped(epsilon: string, g: string, z: string, b: RuleBuilder): string {
  const size = b.op('Abs', [z]);
  return b.mul(g, b.div(size, b.add(size, epsilon)));
}

/** The adjoint at the end of a layer, or at a sum of two signals, by the epsilon rule. */
function layerEnd(
  { variant, partialSums, biases }: RelevanceContext,
  ...[g, n, b]: Parameters<Rule>
): string {
  const z = n.y[0]!;
  if (variant.epsilon === null || partialSums.has(z)) return g;
  // Embeddings are taken apart exactly.
  if (n.x.some(input => biases.isOther(input))) return g;
  return damped(variant.epsilon, g, z, b);
}

/** f(x) / x, and 0 at x = 0; what f is at 0 already belongs to the biases. */
function activation(
  ...[context, g, n, b, atZero]: [RelevanceContext, ...Parameters<Rule>, number]
): string {
  const y = n.y[0]!;
  if (atZero !== 0) context.biases.addProduct(b, g, b.number(atZero), y);
  return ratio(g, atZero === 0 ? y : b.sub(y, b.number(atZero)), n.x[0]!, b);
}

function ratio(g: string, y: string, x: string, b: RuleBuilder): string {
  const none = b.op('Equal', [x, b.number(0)]);
  return b.mul(g, b.where(none, b.number(0), b.div(y, b.where(none, b.number(1), x))));
}

function clipped(context: RelevanceContext, ...[g, n, b]: Parameters<Rule>): string {
  const atZero = b.op('Clip', [b.number(0), ...n.x.slice(1)]);
  context.biases.addProduct(b, g, atZero, n.y[0]!);
  return ratio(g, b.sub(n.y[0]!, atZero), n.x[0]!, b);
}

function gemm(context: RelevanceContext, ...[given, n, b]: Parameters<Rule>): ReturnType<Rule> {
  const g = layerEnd(context, given, n, b);
  const signals = n.wanted.filter(i => i < 2).length;
  const factors = derivative['Gemm']!(b.scale(g, 1 / Math.max(1, signals)), n, b);
  if (!n.has(2) || n.wanted.includes(2))
    return [...factors.slice(0, 2), derivative['Gemm']!(g, n, b)[2]!];
  context.biases.add(b, b.scale(g, n.float('beta', 1)), n.x[2]!, n);
  return factors.slice(0, 2);
}

function convolution(
  context: RelevanceContext,
  ...[given, n, b]: Parameters<Rule>
): ReturnType<Rule> {
  const g = layerEnd(context, given, n, b);
  if (n.has(2)) {
    const space = Array.from({ length: n.rank(0) - 2 }, (_, i) => i + 1);
    context.biases.addProduct(b, g, b.unsqueeze(n.x[2]!, space), n.y[0]!);
  }
  return derivative['Conv']!(g, n, b);
}

function sum(context: RelevanceContext, ...[g, n, b]: Parameters<Rule>): ReturnType<Rule> {
  n.x.forEach((input, i) => {
    if (!n.wanted.includes(i)) context.biases.add(b, g, input, n);
  });
  return derivative[n.node.op]!(g, n, b);
}

function difference(
  context: RelevanceContext,
  ...[given, n, b]: Parameters<Rule>
): ReturnType<Rule> {
  const g = layerEnd(context, given, n, b);
  if (!n.wanted.includes(0)) context.biases.add(b, g, n.x[0]!, n);
  if (!n.wanted.includes(1)) context.biases.add(b, b.neg(g), n.x[1]!, n);
  return derivative['Sub']!(g, n, b);
}

/** What is put in another's place is added there. */
function choice(context: RelevanceContext, ...[g, n, b]: Parameters<Rule>): ReturnType<Rule> {
  const [condition, x, y] = n.x as [string, string, string];
  const zero = b.number(0);
  if (!n.wanted.includes(1)) {
    context.biases.addProduct(b, b.where(condition, g, zero), x, n.y[0]!);
  }
  if (!n.wanted.includes(2)) {
    context.biases.addProduct(b, b.where(condition, zero, g), y, n.y[0]!);
  }
  return derivative['Where']!(g, n, b);
}

function product(
  { variant, gates }: RelevanceContext,
  ...[g, n, b]: Parameters<Rule>
): ReturnType<Rule> {
  const [x, y] = n.x as [string, string];
  const part = (share: number, other: string) =>
    share === 0 ? null : spread(() => b.mul(b.scale(g, share), other));
  const [first, second] = n.wanted.length < 2 ? [1, 1] : shares(gates.of(x, y), variant);
  return [part(first, y), part(second, x)];
}

type Roles = ReturnType<Gates['of']>;

/** The shares of two operands that both carry a signal. */
function shares([first, second]: Roles, { activatedGates }: RelevanceVariant): [number, number] {
  const rank = (role: Roles[number]): number => {
    if (role === 'activation') return activatedGates === 'nothing' ? 1 : 0;
    return role === 'gate' ? 2 : 0;
  };
  const difference = rank(first) - rank(second);
  if (difference === 0) return [0.5, 0.5];
  return difference > 0 ? [0, 1] : [1, 0];
}

/**
 * y = s (x - mean) r + c, with r as a constant: dx = r (v - mean(v)), v = s g. By the epsilon rule two layers: y, and x - mean.
 */
function layerNormalization(
  context: RelevanceContext,
  ...[given, n, b]: Parameters<Rule>
): ReturnType<Rule> {
  const { epsilon } = context.variant;
  const [x, scale] = n.x as [string, string];
  const axis = n.axis(0, n.int('axis', -1));
  const axes = Array.from({ length: n.rank(0) - axis }, (_, i) => axis + i);
  const [, mean, r] = b
    .ops('LayerNormalization', n.x, 3, n.node.attributes)
    .map(value => (b.dtype === 'float32' ? value : b.cast(value)));
  const g = epsilon === null ? given : damped(epsilon, given, n.y[0]!, b);
  if (n.has(2)) context.biases.add(b, g, n.x[2]!, n);
  const input = (): string => {
    const scaled = b.mul(b.mul(g, scale), r!);
    const v = epsilon === null ? scaled : damped(epsilon, scaled, b.sub(x, mean!), b);
    return b.sub(v, b.mean(v, axes));
  };
  return [input, null, null];
}

/** y = s (x - mean) r + c, with all but x constant: c - s mean r is a bias. */
function batchNormalization(
  context: RelevanceContext,
  ...[g, n, b]: Parameters<Rule>
): ReturnType<Rule> {
  const back = derivative['BatchNormalization']!(g, n, b)[0] as () => string;
  return [
    () => {
      const adjoint = back();
      const rest = b.sub(b.mul(g, n.y[0]!), b.mul(adjoint, n.x[0]!));
      context.biases.addProduct(b, rest, b.number(1), n.y[0]!);
      return adjoint;
    },
  ];
}
