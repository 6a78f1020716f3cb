/** Dense symmetric positive definite systems in float64 (Golub and Van Loan, Matrix Computations, section 4.2: blocked, right-looking). */
import { GlassboxError } from '../../protocol/messages';
import { dotAt } from './dot';
import { pauser } from '../pause';
import { addTileRow, panel, tile, type Product, type Range } from './tiles';

/** The lower triangle L, row by row, with A = L L^T. */
export class Cholesky {
  private constructor(
    readonly size: number,
    private readonly lower: Float64Array,
  ) {}

  /**
   * Factors `matrix` [size, size], of which the lower triangle is read and overwritten. size^3 / 3 operations. Throws GlassboxError
   * 'unsupported' where the matrix is not positive definite, 'cancelled'.
   */
  static async of(matrix: Float64Array, size: number, signal?: AbortSignal): Promise<Cholesky> {
    const pause = pauser(signal);
    for (let from = 0; from < size; from += panel) {
      const to = Math.min(size, from + panel);
      factorPanel(matrix, size, from, to);
      const product: Product = { out: matrix, a: matrix, b: matrix, size, sign: -1 };
      for (let row = to; row < size; row += tile) {
        const columns = { from: to, to: Math.min(size, row + tile) };
        addTileRow(product, { from: row, to: size }, columns, { from, to });
        if (row % (tile * 32) === 0) await pause();
      }
      await pause();
    }
    return new Cholesky(size, matrix);
  }

  /** A^-1 `right` [size], in a new array. */
  solve(right: Float64Array): Float64Array {
    const { size, lower } = this;
    const x = Float64Array.from(right);
    for (let i = 0; i < size; i++) {
      x[i] = (x[i]! - dotAt(lower, i * size, x, 0, i)) / lower[i * size + i]!;
    }
    for (let i = size - 1; i >= 0; i--) {
      const value = (x[i]! /= lower[i * size + i]!);
      for (let j = 0; j < i; j++) x[j]! -= lower[i * size + j]! * value;
    }
    return x;
  }

  /** A^-1 [size, size], both triangles; 2 size^3 / 3 operations. Throws GlassboxError 'cancelled'. */
  async inverse(signal?: AbortSignal): Promise<Float64Array> {
    const { size, lower } = this;
    const pause = pauser(signal);
    // Row i of X = L^-T solves L x_i = e_i; then A^-1 = X X^T. Both grow panel by panel.
    const x = new Float64Array(size * size);
    const inverse = new Float64Array(size * size);
    for (let from = 0; from < size; from += panel) {
      const depths = { from, to: Math.min(size, from + panel) };
      const { to } = depths;
      solvePanel(x, lower, size, depths);
      for (let row = 0; row < to; row += tile) {
        const rows = { from: row, to };
        addTileRow(
          { out: x, a: x, b: lower, size, sign: -1 },
          rows,
          { from: to, to: size },
          depths,
        );
        const columns = { from: 0, to: Math.min(to, row + tile) };
        addTileRow({ out: inverse, a: x, b: x, size, sign: 1 }, rows, columns, depths);
        if (row % (tile * 32) === 0) await pause();
      }
    }
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) inverse[j * size + i] = inverse[i * size + j]!;
    }
    return inverse;
  }
}

/** The columns of one panel of X, from which what lies left of it is subtracted already. */
function solvePanel(x: Float64Array, lower: Float64Array, size: number, { from, to }: Range): void {
  for (let i = 0; i < to; i++) {
    const left = Math.max(from, i);
    for (let k = left; k < to; k++) {
      const sum = dotAt(x, i * size + left, lower, k * size + left, k - left);
      x[i * size + k] = (Number(i === k) + x[i * size + k]! - sum) / lower[k * size + k]!;
    }
  }
}

/** Columns from `from` to before `to`, of which what lies left of `from` is subtracted already. */
function factorPanel(a: Float64Array, size: number, from: number, to: number): void {
  for (let j = from; j < to; j++) {
    const at = j * size;
    const square = a[at + j]! - dotAt(a, at + from, a, at + from, j - from);
    if (!(square > 0)) {
      throw new GlassboxError(
        'unsupported',
        'A matrix that is to be inverted is not positive definite.',
      );
    }
    const root = (a[at + j] = Math.sqrt(square));
    for (let i = j + 1; i < size; i++) {
      const row = i * size;
      a[row + j] = (a[row + j]! - dotAt(a, row + from, a, at + from, j - from)) / root;
    }
  }
}
