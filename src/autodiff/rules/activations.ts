/** Activation functions: they work element by element. At a kink the derivative is that of one side, or 0. */
import { elementwise, type NodeView, type RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';

const x = (n: NodeView): string => n.x[0]!;

/** The adjoint passes where the condition on the input holds. */
function gate(g: string, condition: string, b: RuleBuilder): string {
  return b.where(condition, g, b.number(0));
}

function above(value: string, limit: number, b: RuleBuilder): string {
  return b.op('Greater', [value, b.number(limit)]);
}

function below(value: string, limit: number, b: RuleBuilder): string {
  return b.op('Less', [value, b.number(limit)]);
}

/** Slope 1 at and above zero, another below. */
function bent(g: string, n: NodeView, b: RuleBuilder, slope: () => string): string {
  return b.where(below(x(n), 0, b), b.mul(g, slope()), g);
}

export const activationRules: RuleTable = elementwise({
  // sigmoid' = y (1 - y)
  Sigmoid: (g, n, b) => [() => b.mul(g, b.mul(n.y[0]!, b.sub(b.number(1), n.y[0]!)))],
  // softplus' = sigmoid
  Softplus: (g, n, b) => [() => b.mul(g, b.op('Sigmoid', [x(n)]))],
  // y is positive where the adjoint passes. (No scalar: ONNX Runtime broadcasts one slowly to [.., length, 1].)
  Relu: (g, n, b) => [() => b.mul(g, b.op('Sign', [n.y[0]!]))],
  ThresholdedRelu: (g, n, b) => [() => gate(g, above(x(n), n.float('alpha', 1), b), b)],
  LeakyRelu: (g, n, b) => [() => bent(g, n, b, () => b.number(n.float('alpha', 0.01)))],
  // y = slope x below zero
  PRelu: (g, n, b) => [
    () => bent(g, n, b, () => n.x[1]!),
    () => b.mul(gate(g, below(x(n), 0, b), b), x(n)),
  ],
  // y = alpha (exp x - 1) below zero, where y' = y + alpha
  Elu: (g, n, b) => [() => bent(g, n, b, () => b.add(n.y[0]!, b.number(n.float('alpha', 1))))],
  // y = alpha (exp(x / alpha) - 1) below zero, where y' = y / alpha + 1
  Celu: (g, n, b) => [
    () => bent(g, n, b, () => b.add(b.scale(n.y[0]!, 1 / n.float('alpha', 1)), b.number(1))),
  ],
  // y = gamma x, below zero gamma alpha (exp x - 1), where y' = y + gamma alpha
  Selu: (g, n, b) => [
    () => {
      const gamma = n.float('gamma', 1.0507009873554805);
      const alpha = n.float('alpha', 1.6732632423543772);
      const slope = b.add(n.y[0]!, b.number(gamma * alpha));
      return b.mul(g, b.where(below(x(n), 0, b), slope, b.number(gamma)));
    },
  ],
  // Zero between -lambd and lambd, outside of them the input moved by a constant.
  Shrink: (g, n, b) => [() => gate(g, above(b.op('Abs', [x(n)]), n.float('lambd', 0.5), b), b)],
  // y = max(0, min(1, alpha x + beta))
  HardSigmoid: (g, n, b) => [
    () => {
      const inside = b.op('And', [above(n.y[0]!, 0, b), below(n.y[0]!, 1, b)]);
      return gate(b.scale(g, n.float('alpha', 0.2)), inside, b);
    },
  ],
  // y = x max(0, min(1, x/6 + 1/2)): slope x/3 + 1/2 between -3 and 3, then 0 or 1
  HardSwish: (g, n, b) => [
    () => {
      const slope = b.add(b.scale(x(n), 1 / 3), b.number(0.5));
      const outside = b.cast(above(x(n), 0, b));
      return b.mul(g, b.where(below(b.op('Abs', [x(n)]), 3, b), slope, outside));
    },
  ],
  // y = x / (1 + |x|), y' = 1 / (1 + |x|)^2
  Softsign: (g, n, b) => [
    () => {
      const size = b.add(b.op('Abs', [x(n)]), b.number(1));
      return b.div(g, b.mul(size, size));
    },
  ],
  // y = x t with t = tanh(softplus x): y' = t + x (1 - t^2) sigmoid(x)
  Mish: (g, n, b) => [
    () => {
      const t = b.op('Tanh', [b.op('Softplus', [x(n)])]);
      const steep = b.mul(b.sub(b.number(1), b.mul(t, t)), b.op('Sigmoid', [x(n)]));
      return b.mul(g, b.add(t, b.mul(x(n), steep)));
    },
  ],
  // y = x s with s = sigmoid(alpha x): y' = s + alpha x s (1 - s)
  Swish: (g, n, b) => [
    () => {
      const scaled = b.scale(x(n), n.float('alpha', 1));
      const s = b.op('Sigmoid', [scaled]);
      const rest = b.add(b.mul(scaled, b.sub(b.number(1), s)), b.number(1));
      return b.mul(g, b.mul(s, rest));
    },
  ],
  Gelu: (g, n, b) => [
    () => (n.string('approximate', 'none') === 'none' ? gelu(g, n, b) : geluTanh(g, n, b)),
  ],
});

/**
 * y = x Phi(x): g (Phi(x) + x phi(x)), Phi and phi the normal distribution and density. With u = x / sqrt 2 that is
 * g / sqrt pi (a erf(u) + a + u exp(-u^2)), a = sqrt(pi) / 2, whose exp the derivative of erf shares. The outer
 * factor goes to g, where ONNX Runtime merges it with the product that made g.
 */
function gelu(g: string, n: NodeView, b: RuleBuilder): string {
  const a = Math.sqrt(Math.PI) / 2;
  const u = b.scale(x(n), Math.SQRT1_2);
  const bell = b.exp(b.neg(b.mul(u, u)));
  const distribution = b.add(b.scale(b.op('Erf', [u]), a), b.number(a));
  return b.mul(b.scale(g, 0.5 / a), b.add(distribution, b.mul(u, bell)));
}

/**
 * y = x (1 + t) / 2 with t = tanh(c (x + d x^3)):
 * g ((1 + t) / 2 + x (1 - t^2) c (1 + 3 d x^2) / 2).
 */
function geluTanh(g: string, n: NodeView, b: RuleBuilder): string {
  const c = Math.sqrt(2 / Math.PI);
  const d = 0.044715;
  const square = b.mul(x(n), x(n));
  const t = b.op('Tanh', [b.mul(x(n), b.add(b.scale(square, c * d), b.number(c)))]);
  const steep = b.mul(x(n), b.add(b.scale(square, 3 * c * d), b.number(c)));
  const rest = b.sub(b.number(1), b.mul(t, t));
  return b.mul(b.scale(g, 0.5), b.add(b.add(t, b.number(1)), b.mul(steep, rest)));
}
