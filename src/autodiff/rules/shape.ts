/** Ops that move elements without computing. */
import { GlassboxError } from '../../protocol/messages';
import { describeNode, spread, type NodeView, type RuleTable } from '../rule';
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
  Expand: g => [spread(() => g), null],
  CastLike: (g, n, b) => [() => b.op('CastLike', [g, n.x[0]!]), null],
  // At inference nothing is dropped.
  Dropout: (g, n) => {
    const training = n.has(2) && n.known(2, 'training_mode')[0] !== 0;
    if (!training) return [() => g, null, null];
    throw new GlassboxError(
      'unsupported',
      `Glassbox cannot differentiate ${describeNode(n.node)} as in training; export the model in evaluation mode.`,
    );
  },
  // Blocks of space to channels, and back.
  SpaceToDepth: (g, n, b) => [
    () => b.op('DepthToSpace', [g], { blocksize: n.int('blocksize', 1) }),
  ],
  DepthToSpace: (g, n, b) => [
    () => {
      const blocksize = n.int('blocksize', 1);
      const x = n.x[0]!;
      const depth = b.op('SpaceToDepth', [g], { blocksize });
      if (n.string('mode', 'DCR') === 'DCR') return depth;
      // [N, block^2 C, H, W], where the channel comes first in x.
      const block = b.ints([blocksize ** 2]);
      const parts = [b.shapePart(g, 0, 1), block, b.shapePart(g, 1, 2), b.shapePart(x, 2, 4)];
      const apart = b.reshape(depth, b.concat(parts, 0));
      return b.reshape(b.op('Transpose', [apart], { perm: [0, 2, 1, 3, 4] }), b.shape(x));
    },
  ],
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
