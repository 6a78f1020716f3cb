/** Sums, means, norms and extremes over axes, and over all of space. */
import type { NodeView, Rule, RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';
import { normSide, powerSide } from './norm';

interface Reduced {
  readonly n: NodeView;
  readonly b: RuleBuilder;
  /** The input. */
  readonly x: string;
  /** The output, with the reduced axes kept. */
  readonly y: string;
  readonly axes: readonly number[];
}

/** A rule that gets the adjoint with the reduced axes kept, and returns the input's adjoint. */
type KeptRule = (g: string, reduced: Reduced) => string;

const mean: KeptRule = (g, { n, b, x, axes }) => b.expandLike(b.div(g, count(n, b, axes)), x);

// Where several elements attain the extreme, they share the adjoint equally.
const extreme: KeptRule = (g, { b, x, y, axes }) => {
  if (axes.length === 0) return g;
  const attains = b.cast(b.op('Equal', [x, y]));
  return b.mul(attains, b.div(g, b.sum(attains, axes)));
};

/** |x|_p = (sum |x|^p)^(1/p) */
const norm =
  (p: (n: NodeView) => number): KeptRule =>
  (g, { n, b, x, y }) =>
    b.mul(powerSide(x, p(n), b), normSide(g, y, p(n), b));

/**
 * The product of the others: of those that are not zero, unless a zero is among them. The derivative of this one is
 * right only where no element is zero.
 */
const product: KeptRule = (g, { b, x, y, axes }) => {
  if (axes.length === 0) return g;
  const zero = b.op('Equal', [x, b.number(0)]);
  const isZero = b.cast(zero);
  const safe = b.where(zero, b.number(1), x);
  const [list, keepdims] = [b.ints(axes), 1];
  const others = b.div(b.op('ReduceProd', [safe, list], { keepdims }), safe);
  const zeros = b.sub(b.sum(isZero, axes), isZero);
  const free = b.op('Less', [zeros, b.number(0.5)]);
  return b.mul(g, b.where(free, others, b.sub(y, y)));
};

export const reductionRules: RuleTable = {
  ReduceSum: reduction((g, { b, x }) => b.expandLike(g, x)),
  ReduceMean: reduction(mean),
  ReduceMax: reduction(extreme),
  ReduceMin: reduction(extreme),
  ReduceProd: reduction(product),
  // d log sum = 1 / sum
  ReduceLogSum: reduction((g, { b, x, y }) => b.expandLike(b.mul(g, b.exp(b.neg(y))), x)),
  // d log sum exp = exp(x - y)
  ReduceLogSumExp: reduction((g, { b, x, y }) => b.mul(g, b.exp(b.sub(x, y)))),
  ReduceSumSquare: reduction((g, { b, x }) => b.mul(g, b.scale(x, 2))),
  ReduceL1: reduction(norm(() => 1)),
  ReduceL2: reduction(norm(() => 2)),
  GlobalAveragePool: overSpace(mean),
  GlobalMaxPool: overSpace(extreme),
  GlobalLpPool: overSpace(norm(n => n.int('p', 2))),
};

function reduction(rule: KeptRule): Rule {
  return (g, n, b) => [
    () => {
      const axes = reducedAxes(n);
      const x = n.x[0]!;
      const kept = axes.length === 0 || n.int('keepdims', 1) === 1;
      const keep = (value: string): string => (kept ? value : b.unsqueeze(value, axes));
      return rule(keep(g), { n, b, x, y: keep(n.y[0]!), axes });
    },
    null,
  ];
}

/** Over all axes but those of batch and channels, which stay with size 1. */
function overSpace(rule: KeptRule): Rule {
  return (g, n, b) => [
    () => {
      const axes = Array.from({ length: n.rank(0) - 2 }, (_, i) => i + 2);
      return rule(g, { n, b, x: n.x[0]!, y: n.y[0]!, axes });
    },
  ];
}

/** The axes, from the front; all of them where none are given. */
function reducedAxes(n: NodeView): number[] {
  const given = n.has(1) ? n.known(1, 'axes') : [];
  if (given.length > 0) return given.map(axis => n.axis(0, axis));
  return n.int('noop_with_empty_axes', 0) === 1 ? [] : [...Array(n.rank(0)).keys()];
}

/** How many elements each mean is of. */
function count(n: NodeView, b: RuleBuilder, axes: readonly number[]): string {
  const sizes = axes.map(axis => n.dims(0)[axis] ?? null);
  if (sizes.every(size => size !== null)) return b.number(sizes.reduce((p, size) => p * size, 1));
  return b.cast(b.op('ReduceProd', [b.sizes(n.x[0]!, axes)], { keepdims: 0 }));
}
