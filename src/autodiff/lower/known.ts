/** What can be said of a value without running the graph. */
import type { Constant, DataType } from '../../onnx/graph';
import { numbersOf, sizeOf } from '../../onnx/tensorData';

/** A size: a number, a name that stands for one number throughout the graph, or null where nothing is known. */
export type Dim = number | string | null;

export interface Known {
  readonly dtype?: DataType | undefined;
  /** Undefined where not even the number of dimensions is known. */
  readonly dims?: readonly Dim[] | undefined;
  /** The elements of a small integer or boolean tensor of at most one dimension: sizes, axes, conditions. */
  readonly ints?: readonly Dim[] | undefined;
}

/** By value name. */
export type KnownValues = ReadonlyMap<string, Known>;

export const unknown: Known = {};

/** Integer constants up to this many elements are followed. */
const followed = 32;
const integers: ReadonlySet<DataType> = new Set(['int64', 'int32', 'bool']);

export function knownConstant(constant: Constant): Known {
  const { dtype, dims } = constant;
  const small = integers.has(dtype) && dims.length <= 1 && sizeOf(dims) <= followed;
  return { dtype, dims, ints: small ? numbersOf(constant) : undefined };
}

/** The one element of `ints`, null where it is not known. */
export function single(known: Known | undefined): Dim {
  return known?.ints?.length === 1 ? known.ints[0]! : null;
}

/** The elements of `ints` where all are numbers. */
export function numbersIn(known: Known | undefined): number[] | undefined {
  const { ints } = known ?? unknown;
  return ints?.every(dim => typeof dim === 'number') ? [...ints] : undefined;
}

/** The shape that two shapes broadcast to. */
export function broadcast(
  a: readonly Dim[] | undefined,
  b: readonly Dim[] | undefined,
): readonly Dim[] | undefined {
  if (!a || !b) return undefined;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i): Dim => {
    const [x, y] = [a, b].map(dims => {
      const at = i - rank + dims.length;
      return at < 0 ? 1 : dims[at]!;
    }) as [Dim, Dim];
    if (x === 1 || x === y) return y;
    if (y === 1) return x;
    // A size above 1 decides, whatever the other is.
    return [x, y].find(dim => typeof dim === 'number') ?? null;
  });
}

/** An axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
