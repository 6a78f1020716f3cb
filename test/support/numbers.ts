/** Numbers in tests: random tensors, flat lists, comparisons with a stated tolerance. */
import assert from 'node:assert/strict';
import { Random } from '../../src/interpret/random';
import type { TensorValue } from '../../src/runtime/session';

/** Nested lists of numbers, as goldens have them. */
export type Nested = number | readonly Nested[];

export function flat(nested: Nested): number[] {
  return typeof nested === 'number' ? [nested] : nested.flatMap(flat);
}

/** The elements of a tensor as numbers. */
export function numbers(tensor: TensorValue | undefined): number[] {
  assert.ok(tensor, 'the tensor is there');
  return Array.from<number | bigint, number>(tensor.data, Number);
}

/** The largest difference, relative to the largest expected entry. */
export function relativeError(actual: readonly number[], expected: readonly number[]): number {
  assert.equal(actual.length, expected.length, 'as many numbers as expected');
  let worst = 0;
  let largest = 0;
  expected.forEach((value, i) => {
    const difference = Math.abs(actual[i]! - value);
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
    largest = Math.max(largest, Math.abs(value));
  });
  return largest === 0 ? worst : worst / largest;
}

export function assertClose(
  actual: readonly number[],
  expected: readonly number[],
  tolerance: number,
  what: string,
): void {
  const error = relativeError(actual, expected);
  assert.ok(error <= tolerance, `${what}: off by ${error.toExponential(2)}, allowed ${tolerance}`);
}

/** A seeded generator of numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  const random = new Random(seed);
  return () => random.next();
}

/** Standard normal numbers (Box and Muller). */
export function normals(random: () => number, count: number): number[] {
  return Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return radius * Math.cos(2 * Math.PI * random());
  });
}
