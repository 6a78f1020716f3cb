/** Rotary position embeddings (Su et al. 2021): pairs of features turned by an angle that grows with the position. */
import type { RuleBuilder } from '../ruleBuilder';
import type { FusedNode, Lowering, LoweringTable } from './lowering';

export interface Rotation {
  /** cos and sin of the angles, broadcastable to the first half of the rotated features. */
  readonly cos: string;
  readonly sin: string;
  /** Pairs are neighbours; else a feature's partner is half the rotated width away. */
  readonly interleaved: boolean;
  /** How many of the last axis' features turn; undefined: all. */
  readonly width: number | undefined;
}

/** Turns the last axis of `x`, [.., .., .., features]. */
export function rotate(b: RuleBuilder, x: string, rotation: Rotation): string {
  const { cos, sin, interleaved, width } = rotation;
  const cut = (from: number, to: number): string =>
    b.op('Slice', [x, b.ints([from]), b.ints([to]), b.ints([-1])]);
  const turning = width === undefined ? x : cut(0, width);
  const pairs = interleaved ? b.reshape(turning, b.ints([0, 0, 0, -1, 2])) : turning;
  const parts = b.ops('Split', [pairs], 2, { axis: -1, num_outputs: 2 });
  const [p, q] = interleaved ? parts.map(part => b.squeeze(part, [-1])) : parts;
  const first = b.sub(b.mul(p!, cos), b.mul(q!, sin));
  const second = b.add(b.mul(q!, cos), b.mul(p!, sin));
  const turned = interleaved
    ? b.reshape(
        b.concat([b.unsqueeze(first, [-1]), b.unsqueeze(second, [-1])], -1),
        b.ints([0, 0, 0, -1]),
      )
    : b.concat([first, second], -1);
  return width === undefined ? turned : b.concat([turned, cut(width, 2 ** 31 - 1)], -1);
}

/** Rows of the cache [positions, half width] for position ids [B, S]: [B, S, half width]. */
export function rowsOf(b: RuleBuilder, cache: string, positionIds: string): string {
  return b.op('Gather', [cache, positionIds], { axis: 0 });
}

/** 0, 1, ..., as many as axis `axis` of `like` is long. */
export function countAlong(b: RuleBuilder, like: string, axis: number): string {
  const length = b.squeeze(b.shapePart(like, axis, axis + 1), [0]);
  return b.op('Range', [b.int(0), length, b.int(1)]);
}

/** Three dimensions [B, S, heads x features] or four, heads first: applies `turn` with the heads apart. */
function withHeads(
  n: FusedNode,
  b: RuleBuilder,
  heads: number,
  features: number | undefined,
  turn: (x: string, headAxis: number) => string,
): string {
  if (n.rank(0, 'an input') === 4) return turn(n.x[0]!, 1);
  if (heads === 0 && features === undefined) throw n.refusal('does not say how many heads it has');
  const shape = heads > 0 ? [0, 0, heads, -1] : [0, 0, -1, features!];
  const x = b.reshape(n.x[0]!, b.ints(shape));
  return b.reshape(turn(x, 2), b.ints([0, 0, -1]));
}

/** Inputs: x, position ids ([B, S], or one offset), cos cache, sin cache. */
const rotaryEmbedding: Lowering = (n, b) => {
  if (n.int('is_packed_batching', 0) === 1) throw n.refusal('packs its batch');
  const width = n.int('rotary_embedding_dim', 0);
  const half = n.size(2, 1);
  const features = width === 0 && half !== undefined ? 2 * half : undefined;
  const along = n.rank(0, 'an input') === 4 ? 2 : 1;
  let positions = b.op('Cast', [n.x[1]!], { to: 'int64' });
  if (n.rank(1, 'position ids') === 1) {
    positions = b.unsqueeze(b.add(positions, countAlong(b, n.x[0]!, along)), [0]);
  }
  const turn = (x: string, headAxis: number): string => {
    const angles = (cache: number): string =>
      b.unsqueeze(rowsOf(b, n.x[cache]!, positions), [headAxis]);
    return rotate(b, x, {
      cos: angles(2),
      sin: angles(3),
      interleaved: n.int('interleaved', 0) === 1,
      width: width || undefined,
    });
  };
  const heads = n.int('num_heads', 0);
  const turned = withHeads(n, b, heads, features, turn);
  return [b.scale(turned, n.float('scale', 1))];
};

/** ONNX RotaryEmbedding-23. Inputs: x, cos, sin, position ids; without these, cos and sin are [B, S, half width]. */
const standardRotary: Lowering = (n, b) => {
  const width = n.int('rotary_embedding_dim', 0);
  const turn = (x: string, headAxis: number): string => {
    const angles = (cache: number): string =>
      b.unsqueeze(n.has(3) ? rowsOf(b, n.x[cache]!, n.x[3]!) : n.x[cache]!, [headAxis]);
    return rotate(b, x, {
      cos: angles(1),
      sin: angles(2),
      interleaved: n.int('interleaved', 0) === 1,
      width: width || undefined,
    });
  };
  return [withHeads(n, b, n.int('num_heads', 0), undefined, turn)];
};

export const rotaryLowerings: LoweringTable = {
  'com.microsoft.RotaryEmbedding': rotaryEmbedding,
  RotaryEmbedding: standardRotary,
};
