/**
 * The product that dense factorisations spend their time in, for square matrices [size, size] in float64: rows times rows, in tiles of
 * 4 x 4 whose 16 sums stay in registers.
 */
import { dotAt } from './dot';

/** Rows and columns of a tile. */
export const tile = 4;

/** Columns that are worked on together, so that their part of a row stays in the cache. */
export const panel = 48;

/** A range of rows or columns, `to` not included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** out[i][j] += sign sum_p a[i][p] b[j][p] for at most 4 rows i from `row` on, the columns j and the depths p. */
export function addTileRow(
  { out, a, b, size, sign }: Product,
  { from: row, to: rowEnd }: Range,
  columns: Range,
  { from, to }: Range,
): void {
  const end = Math.min(rowEnd, row + tile);
  for (let column = columns.from; column < columns.to; column += tile) {
    if (row + tile === end && column + tile <= columns.to) {
      addTile(out, a, b, size, sign, from, to - from, row, column);
      continue;
    }
    for (let i = row; i < end; i++) {
      for (let j = column; j < Math.min(columns.to, column + tile); j++) {
        out[i * size + j]! += sign * dotAt(a, i * size + from, b, j * size + from, to - from);
      }
    }
  }
}

export interface Product {
  readonly out: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly size: number;
  readonly sign: 1 | -1;
}

function addTile(
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  size: number,
  sign: number,
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
    const y0 = b[j0 + p]!;
    const y1 = b[j1 + p]!;
    const y2 = b[j2 + p]!;
    const y3 = b[j3 + p]!;
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
  out[at]! += sign * s00;
  out[at + 1]! += sign * s01;
  out[at + 2]! += sign * s02;
  out[at + 3]! += sign * s03;
  at += size;
  out[at]! += sign * s10;
  out[at + 1]! += sign * s11;
  out[at + 2]! += sign * s12;
  out[at + 3]! += sign * s13;
  at += size;
  out[at]! += sign * s20;
  out[at + 1]! += sign * s21;
  out[at + 2]! += sign * s22;
  out[at + 3]! += sign * s23;
  at += size;
  out[at]! += sign * s30;
  out[at + 1]! += sign * s31;
  out[at + 2]! += sign * s32;
  out[at + 3]! += sign * s33;
}
