/** What is known about the values of a graph before it runs: their type, and their shape in a few probe runs. */
import type { DataType } from '../onnx/graph';

export interface ValueFacts {
  readonly dtype: DataType;
  /** The shape in each probe run; a dimension that is equal in all of them is static. */
  readonly dims: readonly (readonly number[])[];
}

/** By value name. */
export type Facts = ReadonlyMap<string, ValueFacts>;

/** Number of dimensions (equal in all probes). */
export function rankOf(facts: ValueFacts): number {
  return facts.dims[0]!.length;
}

/** The dimensions, null where they vary between probes. */
export function staticDims(facts: ValueFacts): (number | null)[] {
  const [first, ...others] = facts.dims;
  return first!.map((dim, axis) => (others.every(dims => dims[axis] === dim) ? dim : null));
}
