/** Sums, means and extremes over axes. */
import type { NodeView, Rule, RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';

/** A rule that gets the adjoint (and the output) with the reduced axes kept, and returns the input's adjoint. */
type KeptRule = (g: string, y: string, n: NodeView, b: RuleBuilder) => string;

export const reductionRules: RuleTable = {
  ReduceSum: reduction((g, _y, n, b) => b.expandLike(g, n.x[0]!)),
  ReduceMean: reduction((g, _y, n, b) => b.expandLike(b.div(g, count(n, b)), n.x[0]!)),
  // Where several elements attain the extreme, they share the adjoint equally.
  ReduceMax: reduction(shareAmongEqual),
  ReduceMin: reduction(shareAmongEqual),
  // d log sum exp = exp(x - y)
  ReduceLogSumExp: reduction((g, y, n, b) => b.mul(g, b.exp(b.sub(n.x[0]!, y)))),
  ReduceSumSquare: reduction((g, _y, n, b) => b.mul(g, b.scale(n.x[0]!, 2))),
  ReduceL1: reduction((g, _y, n, b) => b.mul(g, b.op('Sign', [n.x[0]!]))),
  // d |x| = x / |x|
  ReduceL2: reduction((g, y, n, b) => b.mul(n.x[0]!, b.div(g, y))),
};

function reduction(rule: KeptRule): Rule {
  return (g, n, b) => [
    () => {
      const axes = reducedAxes(n);
      if (axes.length === 0 || n.int('keepdims', 1) === 1) return rule(g, n.y[0]!, n, b);
      return rule(b.unsqueeze(g, axes), b.unsqueeze(n.y[0]!, axes), n, b);
    },
    null,
  ];
}

/** The axes, from the front; all of them where none are given. */
function reducedAxes(n: NodeView): number[] {
  const given = n.has(1) ? n.known(1, 'axes') : [];
  if (given.length > 0) return given.map(axis => n.axis(0, axis));
  return n.int('noop_with_empty_axes', 0) === 1 ? [] : [...Array(n.rank(0)).keys()];
}

/** How many elements each mean is of. */
function count(n: NodeView, b: RuleBuilder): string {
  const axes = reducedAxes(n);
  const sizes = axes.map(axis => n.dims(0)[axis] ?? null);
  if (sizes.every(size => size !== null)) return b.number(sizes.reduce((p, size) => p * size, 1));
  return b.cast(b.op('ReduceProd', [b.sizes(n.x[0]!, axes)], { keepdims: 0 }));
}

function shareAmongEqual(g: string, y: string, n: NodeView, b: RuleBuilder): string {
  if (reducedAxes(n).length === 0) return g;
  const attains = b.cast(b.op('Equal', [n.x[0]!, y]));
  return b.mul(attains, b.div(g, b.sum(attains, reducedAxes(n))));
}
