/** Small matrices that are written down, as operators and as oracles of solvers. */
import type { RowsOperator, SymmetricOperator } from '../../src/interpret/influence/solve/operator';
import { normals, seededRandom } from './numbers';
import { dot } from './secondOrder';

export type Matrix = readonly (readonly number[])[];

export function times(matrix: Matrix, vector: ArrayLike<number>): Float64Array {
  const list = Array.from(vector);
  return Float64Array.from(matrix, row => dot(row, list));
}

/** Counts its products. */
export function denseOperator(matrix: Matrix): SymmetricOperator & { products: number } {
  const operator = {
    size: matrix.length,
    products: 0,
    times: (vector: Float64Array) => {
      operator.products++;
      return Promise.resolve(times(matrix, vector));
    },
  };
  return operator;
}

/** The mean of the matrices, one a row of data. */
export function rowsOperator(matrices: readonly Matrix[]): RowsOperator {
  const mean = meanOf(matrices);
  return {
    size: mean.length,
    rows: matrices.length,
    times: vector => Promise.resolve(times(mean, vector)),
    timesOf: (rows, vector) =>
      Promise.resolve(times(meanOf(rows.map(row => matrices[row]!)), vector)),
  };
}

export function meanOf(matrices: readonly Matrix[]): number[][] {
  return matrices[0]!.map((row, i) =>
    row.map((_, j) => matrices.reduce((sum, m) => sum + m[i]![j]!, 0) / matrices.length),
  );
}

export function plusDiagonal(matrix: Matrix, value: number): number[][] {
  return matrix.map((row, i) => row.map((entry, j) => entry + (i === j ? value : 0)));
}

/** X X^T of a random X [size, rank]: positive semidefinite. */
export function randomGram(seed: number, size: number, rank = size): number[][] {
  const random = seededRandom(seed);
  const rows = Array.from({ length: size }, () => normals(random, rank));
  return rows.map(a => rows.map(b => dot(a, b) / rank));
}
