/** The adjoints of picking elements: placing them among zeros. */
import type { RuleBuilder } from '../ruleBuilder';

export interface Place {
  /** Its shape, with `size` (1-D) along `axis`, is the shape of the result. */
  readonly data: string;
  readonly rank: number;
  readonly axis: number;
  readonly size: string;
  readonly indices: string;
}

/** Adds the slices of `g` into zeros, at `indices` along the axis. */
export function scatterAlong(g: string, b: RuleBuilder, to: Place): string {
  const { data, indices, axis, rank, size } = to;
  const shapeWith = (length: string): string => {
    const parts = [length];
    if (axis > 0) parts.unshift(b.shapePart(data, 0, axis));
    if (axis < rank - 1) parts.push(b.shapePart(data, axis + 1, rank));
    return parts.length === 1 ? length : b.concat(parts, 0);
  };
  const updates = b.reshape(g, shapeWith(b.ints([-1])));
  const column = Array.from({ length: rank }, (_, i) => (i === axis ? -1 : 1));
  // Of the data's shape, not of the updates': a derivative of this one need not compute them to know it.
  const wide = b.op('Expand', [b.reshape(indices, b.ints(column)), shapeWith(b.ints([1]))]);
  const zeros = b.zeros(shapeWith(size));
  return b.op('ScatterElements', [zeros, wide, updates], { axis, reduction: 'add' });
}

/** Elements picked from a value: along one axis, or of the flattened value where `axis` is undefined. */
export interface Picks {
  /** 1-D int64 positions. */
  readonly indices: string;
  readonly axis: number | undefined;
}

/** The adjoint of the value `x` of this rank, from whose elements `g` are the adjoints of the picked ones. */
export function undoPicks(
  g: string,
  b: RuleBuilder,
  x: string,
  rank: number,
  picks: Picks,
): string {
  const { indices, axis } = picks;
  if (axis === undefined) {
    const size = b.reshape(b.op('Size', [x]), b.ints([1]));
    const flat = scatterAlong(g, b, { data: g, indices, axis: 0, rank: 1, size });
    return b.reshape(flat, b.shape(x));
  }
  return scatterAlong(g, b, { data: g, indices, axis, rank, size: b.shapePart(x, axis, axis + 1) });
}

/**
 * Zeros around `g` along some axes; `pads` holds all starts, then all ends (negative ones cut away). Pad's own
 * input for axes is not used: ONNX Runtime forgets it where it moves a Transpose over a Pad, and permutes the
 * pads as if they were of all axes.
 */
export function zerosAround(
  g: string,
  b: RuleBuilder,
  pads: string,
  axes: readonly number[],
  rank: number,
): string {
  const none = b.ints(Array<number>(2 * rank).fill(0));
  const places = b.ints([...axes, ...axes.map(axis => axis + rank)]);
  return b.op('Pad', [g, b.op('ScatterElements', [none, places, pads], { axis: 0 })]);
}
