/** Dense symmetric positive definite systems in float64 (Golub and Van Loan, Matrix Computations, section 4.2: blocked, right-looking). */
import { GlassboxError } from '../../../protocol/messages';
import { dotAt } from './dot';
import { pauser } from './pause';

/** Columns that are factored before the rest is updated: their part of a row stays in the cache. */
const panel = 48;

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
      for (let row = to; row < size; row += tile) {
        updateRows(matrix, size, from, to, row);
        if (row % (tile * 64) === 0) await pause();
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

  /** A^-1 [size, size], both triangles. Throws GlassboxError 'cancelled'. */
  async inverse(signal?: AbortSignal): Promise<Float64Array> {
    const { size, lower } = this;
    const pause = pauser(signal);
    // Row i of L^-1 from the rows before it; then A^-1 = L^-T L^-1.
    const rows = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      const own = rows.subarray(i * size, i * size + i + 1);
      for (let j = 0; j < i; j++) addTimes(own, rows, j * size, j + 1, -lower[i * size + j]!);
      own[i] = 1;
      const scale = 1 / lower[i * size + i]!;
      for (let k = 0; k <= i; k++) own[k]! *= scale;
      await pause();
    }
    const inverse = new Float64Array(size * size);
    for (let k = 0; k < size; k++) {
      for (let i = 0; i <= k; i++) {
        const row = inverse.subarray(i * size, i * size + i + 1);
        addTimes(row, rows, k * size, i + 1, rows[k * size + i]!);
      }
      await pause();
    }
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) inverse[j * size + i] = inverse[i * size + j]!;
    }
    return inverse;
  }
}

/** target += factor source[at ..], `count` numbers. */
function addTimes(
  target: Float64Array,
  source: Float64Array,
  at: number,
  count: number,
  factor: number,
): void {
  for (let k = 0; k < count; k++) target[k]! += factor * source[at + k]!;
}

/** Columns from `from` to before `to`, of which what lies left of `from` is subtracted already. */
function factorPanel(a: Float64Array, size: number, from: number, to: number): void {
  for (let j = from; j < to; j++) {
    const at = j * size;
    const square = a[at + j]! - dotAt(a, at + from, a, at + from, j - from);
    if (!(square > 0)) {
      throw new GlassboxError(
        'unsupported',
        'The curvature of the head is not positive definite, so it has no inverse; use a larger damping.',
      );
    }
    const root = (a[at + j] = Math.sqrt(square));
    for (let i = j + 1; i < size; i++) {
      const row = i * size;
      a[row + j] = (a[row + j]! - dotAt(a, row + from, a, at + from, j - from)) / root;
    }
  }
}

/** Rows and columns that are updated together, in 16 sums that stay in registers. */
const tile = 4;

/** a[i][j] -= sum_p a[i][p] a[j][p] for p in the panel, the rows i of one tile and all columns j from `to` to the diagonal's tile. */
function updateRows(a: Float64Array, size: number, from: number, to: number, row: number): void {
  const end = Math.min(size, row + tile);
  for (let column = to; column < end; column += tile) {
    if (row + tile <= size && column + tile <= size) {
      updateTile(a, size, from, to - from, row, column);
    } else {
      for (let i = row; i < end; i++) {
        for (let j = column; j < Math.min(size, column + tile); j++) {
          a[i * size + j]! -= dotAt(a, i * size + from, a, j * size + from, to - from);
        }
      }
    }
  }
}

function updateTile(
  a: Float64Array,
  size: number,
  from: number,
  depth: number,
  row: number,
  column: number,
): void {
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [s20, s21, s22, s23, s30, s31, s32, s33] = [0, 0, 0, 0, 0, 0, 0, 0];
  const i0 = row * size + from;
  const [i1, i2, i3] = [i0 + size, i0 + 2 * size, i0 + 3 * size];
  const j0 = column * size + from;
  const [j1, j2, j3] = [j0 + size, j0 + 2 * size, j0 + 3 * size];
  for (let p = 0; p < depth; p++) {
    const x0 = a[i0 + p]!;
    const x1 = a[i1 + p]!;
    const x2 = a[i2 + p]!;
    const x3 = a[i3 + p]!;
    const y0 = a[j0 + p]!;
    const y1 = a[j1 + p]!;
    const y2 = a[j2 + p]!;
    const y3 = a[j3 + p]!;
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s03 += x0 * y3;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s13 += x1 * y3;
    s20 += x2 * y0;
    s21 += x2 * y1;
    s22 += x2 * y2;
    s23 += x2 * y3;
    s30 += x3 * y0;
    s31 += x3 * y1;
    s32 += x3 * y2;
    s33 += x3 * y3;
  }
  let at = row * size + column;
  a[at]! -= s00;
  a[at + 1]! -= s01;
  a[at + 2]! -= s02;
  a[at + 3]! -= s03;
  at += size;
  a[at]! -= s10;
  a[at + 1]! -= s11;
  a[at + 2]! -= s12;
  a[at + 3]! -= s13;
  at += size;
  a[at]! -= s20;
  a[at + 1]! -= s21;
  a[at + 2]! -= s22;
  a[at + 3]! -= s23;
  at += size;
  a[at]! -= s30;
  a[at + 1]! -= s31;
  a[at + 2]! -= s32;
  a[at + 3]! -= s33;
}
