/** Ops that move elements without computing. */
import { spread, type RuleTable } from '../rule';
import type { NodeView } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';

/** Back to the shape of the input. */
const reshapeBack = (g: string, n: NodeView, b: RuleBuilder): (() => string)[] => [
  () => b.reshapeLike(g, n.factsOf(n.y[0]!), n.x[0]!, n.factsOf(n.x[0]!)),
];

export const shapeRules: RuleTable = {
  Reshape: (g, n, b) => reshapeBack(g, n, b),
  Flatten: (g, n, b) => reshapeBack(g, n, b),
  Squeeze: (g, n, b) => reshapeBack(g, n, b),
  Unsqueeze: (g, n, b) => reshapeBack(g, n, b),
  // The inverse permutation.
  Transpose: (g, n, b) => [
    () => {
      const perm = n.ints('perm') ?? [...Array(n.rank(0)).keys()].reverse();
      return b.op('Transpose', [g], { perm: perm.map((_, axis) => perm.indexOf(axis)) });
    },
  ],
  Expand: g => [spread(() => g)],
  Tile: (g, n, b) => [
    () => {
      // View [r d] as [r, d] on every axis, and sum over the repeats.
      const rank = n.rank(0);
      const pairs = b.concat([b.unsqueeze(n.x[1]!, [1]), b.unsqueeze(b.shape(n.x[0]!), [1])], 1);
      const repeats = Array.from({ length: rank }, (_, axis) => 2 * axis);
      return b.sum(b.reshape(g, b.reshape(pairs, b.ints([-1]))), repeats, 0);
    },
  ],
  Concat: (g, n, b) => {
    const axis = n.axis(0, n.int('axis', 0));
    let parts: string[] | undefined;
    const split = (): string[] => {
      const sizes = n.x.map((_, i) => n.dims(i)[axis] ?? null);
      const known = sizes.every(size => size !== null);
      const lengths = known
        ? b.ints(sizes)
        : b.concat(
            n.x.map(x => b.shapePart(x, axis, axis + 1)),
            0,
          );
      return b.ops('Split', [g, lengths], n.x.length, { axis });
    };
    if (n.x.length === 1) return [() => g];
    return n.x.map((_, i) => () => (parts ??= split())[i]!);
  },
  Split: (_g, n, b) => [
    () => {
      const parts = n.y.map((y, i) => n.g(i) ?? b.zeros(b.shape(y)));
      return b.concat(parts, n.int('axis', 0));
    },
  ],
  // The upper or lower triangle of the adjoint.
  Trilu: (g, n, b) => [
    () => b.op('Trilu', [g, ...n.x.slice(1)], { upper: n.int('upper', 1) }),
    null,
  ],
};
