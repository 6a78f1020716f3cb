/** Circular and hyperbolic functions, and their inverses. */
import { elementwise, type NodeView, type RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';

const square = (x: string, b: RuleBuilder): string => b.mul(x, x);
const one = (b: RuleBuilder): string => b.number(1);
const root = (x: string, b: RuleBuilder): string => b.op('Sqrt', [x]);
const x = (n: NodeView): string => n.x[0]!;

export const trigonometryRules: RuleTable = elementwise({
  Sin: (g, n, b) => [() => b.mul(g, b.op('Cos', [x(n)]))],
  Cos: (g, n, b) => [() => b.neg(b.mul(g, b.op('Sin', [x(n)])))],
  // tan' = 1 + y^2
  Tan: (g, n, b) => [() => b.mul(g, b.add(one(b), square(n.y[0]!, b)))],
  // asin' = 1 / sqrt(1 - x^2) = -acos'
  Asin: (g, n, b) => [() => b.div(g, root(b.sub(one(b), square(x(n), b)), b))],
  Acos: (g, n, b) => [() => b.neg(b.div(g, root(b.sub(one(b), square(x(n), b)), b)))],
  Atan: (g, n, b) => [() => b.div(g, b.add(one(b), square(x(n), b)))],
  Sinh: (g, n, b) => [() => b.mul(g, b.op('Cosh', [x(n)]))],
  Cosh: (g, n, b) => [() => b.mul(g, b.op('Sinh', [x(n)]))],
  // tanh' = 1 - y^2
  Tanh: (g, n, b) => [() => b.mul(g, b.sub(one(b), square(n.y[0]!, b)))],
  Asinh: (g, n, b) => [() => b.div(g, root(b.add(square(x(n), b), one(b)), b))],
  Acosh: (g, n, b) => [() => b.div(g, root(b.sub(square(x(n), b), one(b)), b))],
  Atanh: (g, n, b) => [() => b.div(g, b.sub(one(b), square(x(n), b)))],
});
