/** Ops that work element by element, with broadcasting. Adjoints have the output's shape. */
import { elementwise, type Emit, type NodeView, type RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import { activationRules } from './activations';
import { trigonometryRules } from './trigonometry';

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

export const elementwiseRules: RuleTable = {
  ...trigonometryRules,
  ...activationRules,
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
    // erf'(x) = 2/sqrt(pi) exp(-x^2)
    Erf: (g, n, b) => [
      () => b.mul(g, b.scale(b.exp(b.neg(b.mul(n.x[0]!, n.x[0]!))), twoOverRootPi)),
    ],
    // The adjoint passes where the value was not clipped, bounds included; else it goes to the bound.
    Clip: (g, n, b) => [
      () => b.where(b.op('Equal', [n.x[0]!, n.y[0]!]), g, b.number(0)),
      () => b.where(b.op('Less', [n.x[0]!, n.x[1]!]), g, b.number(0)),
      () => b.where(b.op('Greater', [n.x[0]!, n.x[2]!]), g, b.number(0)),
    ],
    // y = a - b q with q = (a - y) / b, an integer
    Mod: (g, n, b) => [() => g, () => b.neg(b.mul(g, b.div(b.sub(n.x[0]!, n.y[0]!), n.x[1]!)))],
    Max: (g, n, b) => shareAmongEqual(g, n, b),
    Min: (g, n, b) => shareAmongEqual(g, n, b),
    Where: (g, n, b) => [
      null,
      () => b.where(n.x[0]!, g, b.number(0)),
      () => b.where(n.x[0]!, b.number(0), g),
    ],
  }),
};

/** d(a^p)/da = p a^(p-1); the usual powers without Pow, which is slow and NaN for negative bases. */
function powBase(g: string, n: NodeView, b: RuleBuilder): string {
  const [a, p] = n.x as [string, string];
  const known = n.constant(1);
  const exponent = known?.length === 1 ? known[0] : undefined;
  if (exponent === 0) return b.mul(g, b.number(0));
  if (exponent === 1) return g;
  if (exponent === 2) return b.mul(g, b.scale(a, 2));
  if (exponent === 3) return b.mul(g, b.scale(b.mul(a, a), 3));
  // The exponent may be of another type than the base, integers included.
  const factor =
    exponent === undefined ? (n.factsOf(p).dtype === b.dtype ? p : b.cast(p)) : b.number(exponent);
  const less = exponent === undefined ? b.sub(factor, b.number(1)) : b.number(exponent - 1);
  return b.mul(g, b.mul(b.op('Pow', [a, less]), factor));
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
