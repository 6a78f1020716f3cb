/** The derivative of |x|_p = (sum |x|^p)^(1/p) is sign(x) |x|^(p-1) times |x|_p^(1-p), taken as 0 where x = 0. */
import type { RuleBuilder } from '../ruleBuilder';

/** sign(x) |x|^(p-1) */
export function powerSide(x: string, p: number, b: RuleBuilder): string {
  if (p === 1) return b.op('Sign', [x]);
  if (p === 2) return x;
  return b.mul(b.op('Sign', [x]), b.op('Pow', [b.op('Abs', [x]), b.number(p - 1)]));
}

/** g y^(1-p) */
export function normSide(g: string, y: string, p: number, b: RuleBuilder): string {
  if (p === 1) return g;
  const safe = b.where(b.op('Equal', [y, b.number(0)]), b.number(1), y);
  return b.div(g, p === 2 ? safe : b.op('Pow', [safe, b.number(p - 1)]));
}
