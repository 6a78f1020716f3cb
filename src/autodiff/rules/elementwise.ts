/** Ops that work element by element, with broadcasting. Adjoints have the output's shape. */
import { elementwise, flat, type Emit, type RuleTable } from '../rule';
import type { NodeView } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

export const elementwiseRules: RuleTable = {
  ...elementwise({
    Add: g => [() => g, () => g],
    Sub: (g, _n, b) => [() => g, () => b.neg(g)],
    Mul: (g, n, b) => [() => b.mul(g, n.x[1]!), () => b.mul(g, n.x[0]!)],
    // d(a/b) = da/b - y db/b
    Div: (g, n, b) => [() => b.div(g, n.x[1]!), () => b.neg(b.div(b.mul(g, n.y[0]!), n.x[1]!))],
    Neg: (g, _n, b) => [() => b.neg(g)],
    Identity: g => [() => g],
    // Between float types; the walk never passes an integer.
    Cast: (g, n, b) => [() => b.op('Cast', [g], { to: n.factsOf(n.x[0]!).dtype })],
    Sum: (g, n) => n.x.map(() => () => g),
    Mean: (g, n, b) => n.x.map(() => () => b.scale(g, 1 / n.x.length)),
    // |x|' = sign x
    Abs: (g, n, b) => [() => b.mul(g, b.op('Sign', [n.x[0]!]))],
    Exp: (g, n, b) => [() => b.mul(g, n.y[0]!)],
    Log: (g, n, b) => [() => b.div(g, n.x[0]!)],
    // (sqrt x)' = 1 / 2y
    Sqrt: (g, n, b) => [() => b.div(b.scale(g, 0.5), n.y[0]!)],
    // (1/x)' = -y^2
    Reciprocal: (g, n, b) => [() => b.neg(b.mul(g, b.mul(n.y[0]!, n.y[0]!)))],
    Pow: (g, n, b) => [() => powBase(g, n, b), () => powExponent(g, n, b)],
    Sin: (g, n, b) => [() => b.mul(g, b.op('Cos', [n.x[0]!]))],
    Cos: (g, n, b) => [() => b.neg(b.mul(g, b.op('Sin', [n.x[0]!])))],
    // erf'(x) = 2/sqrt(pi) exp(-x^2)
    Erf: (g, n, b) => [
      () => b.mul(g, b.scale(b.exp(b.neg(b.mul(n.x[0]!, n.x[0]!))), twoOverRootPi)),
    ],
    // tanh' = 1 - y^2
    Tanh: (g, n, b) => [() => b.mul(g, b.sub(b.number(1), b.mul(n.y[0]!, n.y[0]!)))],
    // sigmoid' = y (1 - y)
    Sigmoid: (g, n, b) => [() => b.mul(g, b.mul(n.y[0]!, b.sub(b.number(1), n.y[0]!)))],
    // softplus' = sigmoid
    Softplus: (g, n, b) => [() => b.mul(g, b.op('Sigmoid', [n.x[0]!]))],
    Relu: (g, n, b) => [() => b.where(b.op('Greater', [n.x[0]!, b.number(0)]), g, b.number(0))],
    Gelu: (g, n, b) => [
      () => (n.string('approximate', 'none') === 'none' ? gelu(g, n, b) : geluTanh(g, n, b)),
    ],
    // The adjoint passes where the value was not clipped, bounds included.
    Clip: (g, n, b) => [() => b.where(b.op('Equal', [n.x[0]!, n.y[0]!]), g, b.number(0))],
    Max: (g, n, b) => shareAmongEqual(g, n, b),
    Min: (g, n, b) => shareAmongEqual(g, n, b),
    Where: (g, n, b) => [
      null,
      () => b.where(n.x[0]!, g, b.number(0)),
      () => b.where(n.x[0]!, b.number(0), g),
    ],
  }),
  Sign: flat,
  Floor: flat,
  Ceil: flat,
  Round: flat,
  ConstantOfShape: flat,
  Range: flat,
};

/** d(a^p)/da = p a^(p-1); the usual powers without Pow, which is slow and NaN for negative bases. */
function powBase(g: string, n: NodeView, b: RuleBuilder): string {
  const [a, p] = n.x as [string, string];
  const known = n.constant(1);
  const exponent = known?.length === 1 ? known[0] : undefined;
  if (exponent === 1) return g;
  if (exponent === 2) return b.mul(g, b.scale(a, 2));
  if (exponent === 3) return b.mul(g, b.scale(b.mul(a, a), 3));
  const power = b.op('Pow', [
    a,
    exponent === undefined ? b.sub(p, b.number(1)) : b.number(exponent - 1),
  ]);
  return b.mul(g, b.mul(power, p));
}

/** d(a^p)/dp = y log a, taken as 0 where a is not positive. */
function powExponent(g: string, n: NodeView, b: RuleBuilder): string {
  const positive = b.op('Greater', [n.x[0]!, b.number(0)]);
  const log = b.op('Log', [b.where(positive, n.x[0]!, b.number(1))]);
  return b.mul(g, b.mul(n.y[0]!, log));
}

/** Where several inputs attain the maximum, they share the adjoint equally. */
function shareAmongEqual(g: string, n: NodeView, b: RuleBuilder): Emit[] {
  if (n.x.length === 1) return [() => g];
  const attains = n.x.map(x => b.cast(b.op('Equal', [x, n.y[0]!])));
  const each = b.div(g, attains.reduce(b.add));
  return attains.map(mask => () => b.mul(each, mask));
}

/**
 * y = x Phi(x): g (Phi(x) + x phi(x)), Phi and phi the normal distribution and density.
 * The factor c of phi = c exp(-x^2 / 2) goes to g, where ONNX Runtime merges it with the product that made g.
 */
function gelu(g: string, n: NodeView, b: RuleBuilder): string {
  const x = n.x[0]!;
  const c = Math.sqrt(0.5 / Math.PI);
  const bell = b.exp(b.mul(x, b.scale(x, -0.5)));
  const erf = b.op('Erf', [b.scale(x, Math.SQRT1_2)]);
  const distribution = b.add(b.scale(erf, 0.5 / c), b.number(0.5 / c));
  return b.mul(b.scale(g, c), b.add(distribution, b.mul(x, bell)));
}

/**
 * y = x (1 + t) / 2 with t = tanh(c (x + d x^3)):
 * g ((1 + t) / 2 + x (1 - t^2) c (1 + 3 d x^2) / 2).
 */
function geluTanh(g: string, n: NodeView, b: RuleBuilder): string {
  const x = n.x[0]!;
  const c = Math.sqrt(2 / Math.PI);
  const d = 0.044715;
  const square = b.mul(x, x);
  const t = b.op('Tanh', [b.mul(x, b.add(b.scale(square, c * d), b.number(c)))]);
  const steep = b.mul(x, b.add(b.scale(square, 3 * c * d), b.number(c)));
  const rest = b.sub(b.number(1), b.mul(t, t));
  return b.mul(b.scale(g, 0.5), b.add(b.add(t, b.number(1)), b.mul(steep, rest)));
}
