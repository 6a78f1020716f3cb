/**
 * Directions in the space of classes in which a head's curvature falls into independent parts.
 *
 * A softmax does not change when all logits grow alike: gradients and Hessian have nothing in that direction, so C classes need only
 * C - 1 orthonormal directions q_j (Helmert's), and two classes a system of half the size. The labels of a sigmoid and the numbers of a
 * regression do not curve each other: each is a system of its own. Adding damping times I commutes with this change of basis, so
 * that nothing is approximated. A class vector v becomes its coordinates q_j . v.
 */
import type { Link } from '../../../protocol/task';
import { scaleOf } from './linearHead';

export interface Directions {
  readonly classes: number;
  readonly count: number;
  /** [count, classes], orthonormal rows. */
  readonly basis: Float64Array;
  /** The directions of each independent system. */
  readonly groups: readonly (readonly number[])[];
}

export function directionsOf(link: Link, classes: number): Directions {
  if (link === 'softmax') {
    const basis = helmert(classes);
    const all = Array.from({ length: classes - 1 }, (_, j) => j);
    return { classes, count: classes - 1, basis, groups: [all] };
  }
  const basis = new Float64Array(classes * classes);
  for (let c = 0; c < classes; c++) basis[c * classes + c] = 1;
  const groups = Array.from({ length: classes }, (_, c) => [c]);
  return { classes, count: classes, basis, groups };
}

/** [classes - 1, classes]: orthonormal, and orthogonal to (1, ..., 1). */
function helmert(classes: number): Float64Array {
  const basis = new Float64Array((classes - 1) * classes);
  for (let j = 1; j < classes; j++) {
    const size = 1 / Math.sqrt(j * (j + 1));
    const row = basis.subarray((j - 1) * classes, j * classes);
    row.fill(size, 0, j);
    row[j] = -j * size;
  }
  return basis;
}

/** q_j . v for all j, into `coordinates` from `at` on. */
export function toCoordinates(
  { count, classes, basis }: Directions,
  vector: Float64Array,
  coordinates: Float64Array,
  at: number,
): void {
  for (let j = 0; j < count; j++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += basis[j * classes + c]! * vector[c]!;
    coordinates[at + j] = sum;
  }
}

/** From [classes, columns] to [count, columns]. */
export function projected(
  { count, classes, basis }: Directions,
  matrix: Float64Array,
): Float64Array {
  return product(basis, count, classes, matrix, (j, c) => j * classes + c);
}

/** From [count, columns] to [classes, columns]. */
export function lifted({ count, classes, basis }: Directions, matrix: Float64Array): Float64Array {
  return product(basis, classes, count, matrix, (c, j) => j * classes + c);
}

function product(
  basis: Float64Array,
  rows: number,
  inner: number,
  matrix: Float64Array,
  place: (row: number, inner: number) => number,
): Float64Array {
  const columns = matrix.length / inner;
  const result = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < inner; i++) {
      const factor = basis[place(r, i)]!;
      if (factor === 0) continue;
      for (let k = 0; k < columns; k++)
        result[r * columns + k]! += factor * matrix[i * columns + k]!;
    }
  }
  return result;
}

/** A pair of directions of one group, `first` <= `second`. */
export interface DirectionPair {
  readonly group: number;
  readonly first: number;
  readonly second: number;
}

/** All pairs whose curvature may differ from zero. */
export function pairsOf({ groups }: Directions): DirectionPair[] {
  return groups.flatMap((group, index) =>
    group.flatMap((first, i) => group.slice(i).map(second => ({ group: index, first, second }))),
  );
}

/** q_a^T k S q_b of a row with answers p, k S the Hessian of its loss by the logits (linearHead.ts). */
export function curvatureAt(
  link: Link,
  { classes, basis }: Directions,
  { first, second }: DirectionPair,
  answers: Float64Array,
): number {
  const scale = scaleOf(link, classes);
  if (link === 'identity') return scale;
  if (link === 'sigmoid') return scale * answers[first]! * (1 - answers[first]!);
  let [both, a, b] = [0, 0, 0];
  for (let c = 0; c < classes; c++) {
    const [x, y, p] = [basis[first * classes + c]!, basis[second * classes + c]!, answers[c]!];
    both += p * x * y;
    a += p * x;
    b += p * y;
  }
  return both - a * b;
}
