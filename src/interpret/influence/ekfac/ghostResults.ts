/** What ghost programs compute, and what of: the ends of linear layers. */
import type { GraphBuilder } from '../../../onnx/builder';
import type { LinearLayer } from './linearLayers';

/**
 * With g_i the gradient of row i's loss times weights[i] by the layers:
 * dots, manyDots: <g_i, S_q> [rows, queries], the first for one query or two. norms: |g_i|^2 [rows]. gradient: sum_i g_i, a matrix a layer. selfInfluence: <g_i, C^-1 g_i> [rows]
 * by eigenbases and inverted eigenvalues. And with s_j the directions of the Gauss-Newton matrix in place of the loss's own slope: factors:
 * sums over rows, positions and directions of [x, 1] [x, 1]^T and dy dy^T. eigenvalues: sums over rows and directions of (Q_G^T g Q_A)^2.
 */
export type GhostResult =
  'dots' | 'manyDots' | 'norms' | 'gradient' | 'selfInfluence' | 'factors' | 'eigenvalues';

/** Inputs beside the model's own, those of its loss, and `weights` [rows]. */
export const ghostInputs = {
  /** [rows, tokens]: 1 for a token of the text, 0 for padding. For factors. */
  positions: 'ghost/positions',
  /** [queries * outputs, columns], S_q one under another. */
  query: (layer: number): string => `ghost/query/${layer}`,
  /** Eigenvectors as columns: Q_A [columns, columns], Q_G [outputs, outputs]. */
  basisIn: (layer: number): string => `ghost/in/${layer}`,
  basisOut: (layer: number): string => `ghost/out/${layer}`,
  /** 1 / (eigenvalue + damping), [outputs, columns]. */
  inverse: (layer: number): string => `ghost/inverse/${layer}`,
} as const;

/** Outputs; `losses` [rows], not weighted, is always there. */
export const ghostOutputs = {
  losses: 'ghost/losses',
  /** Of norms and selfInfluence [rows], of dots [rows, queries]. */
  rows: 'ghost/rows',
  /** Of gradient and eigenvalues, [outputs, columns]. */
  matrix: (layer: number): string => `ghost/matrix/${layer}`,
  covarianceIn: (layer: number): string => `ghost/covarianceIn/${layer}`,
  covarianceOut: (layer: number): string => `ghost/covarianceOut/${layer}`,
} as const;

/** What a layer's products are made of: [rows, positions, width] each. */
export interface Ends {
  readonly at: number;
  readonly layer: LinearLayer;
  /** With a last column of ones where there is a bias. */
  readonly x: string;
  /** One for each backward pass. */
  readonly adjoints: readonly string[];
  /** There is one position. */
  readonly single: boolean;
}

/** Names and values of the outputs. `positions`: the input of that name, for factors. */
export function resultsOf(
  b: GraphBuilder,
  result: GhostResult,
  ends: readonly Ends[],
  positions: string,
): [string, string][] {
  const sum = (each: (end: Ends) => string): [string, string][] => [
    [ghostOutputs.rows, ends.map(each).reduce((x, y) => b.op('Add', [x, y]))],
  ];
  switch (result) {
    case 'dots':
      return sum(end => dots(b, end));
    case 'manyDots':
      return sum(end => manyDots(b, end));
    case 'norms':
      return sum(end => squaredNorms(b, end));
    case 'selfInfluence':
      return sum(end => selfInfluence(b, end));
    case 'gradient':
      return ends.map(({ at, x, adjoints, layer: { columns, outputs } }) => [
        ghostOutputs.matrix(at),
        cross(b, flatRows(b, adjoints[0]!, outputs), flatRows(b, x, columns)),
      ]);
    case 'factors':
      return ends.flatMap(end => covariances(b, end, positions));
    case 'eigenvalues':
      return ends.map(end => [ghostOutputs.matrix(end.at), rotatedSquares(b, end)]);
  }
}

function flatRows(b: GraphBuilder, value: string, width: number): string {
  return b.op('Reshape', [value, b.ints([-1, width])]);
}

/** left^T right. */
function cross(b: GraphBuilder, left: string, right: string): string {
  return b.op('Gemm', [left, right], { transA: 1 });
}

/** sum_t dy_t^T S_q x_t, [rows, queries]. */
function dots(b: GraphBuilder, { at, layer, x, adjoints }: Ends): string {
  const { columns, outputs } = layer;
  const products = b.op('Gemm', [flatRows(b, x, columns), ghostInputs.query(at)], { transB: 1 });
  // [rows * positions, queries, outputs]
  const each = b.op('Reshape', [products, b.ints([0, -1, outputs])]);
  const adjoint = b.op('Reshape', [adjoints[0]!, b.ints([-1, 1, outputs])]);
  const dot = b.op('ReduceSum', [b.op('Mul', [each, adjoint]), b.ints([2])], { keepdims: 0 });
  const shape = b.op('Concat', [b.op('Shape', [x], { start: 0, end: 2 }), b.ints([-1])], {
    axis: 0,
  });
  return b.op('ReduceSum', [b.op('Reshape', [dot, shape]), b.ints([1])], { keepdims: 0 });
}

/** The same by the gradient of each row after all: twice the work of one query, however many there are. */
function manyDots(b: GraphBuilder, end: Ends): string {
  if (end.single) return dots(b, end);
  const { columns, outputs } = end.layer;
  const flat = (value: string): string => flatRows(b, value, outputs * columns);
  const gradients = flat(perRow(b, end.x, end.adjoints[0]!));
  return b.op('Gemm', [gradients, flat(ghostInputs.query(end.at))], { transB: 1 });
}

/** sum_{t, u} (x_t . x_u) (dy_t . dy_u). */
function squaredNorms(b: GraphBuilder, { x, adjoints, single }: Ends): string {
  const gram = (value: string): string =>
    single
      ? b.op('ReduceSum', [b.op('Mul', [value, value]), b.ints([2])], { keepdims: 1 })
      : b.op('MatMul', [value, b.op('Transpose', [value], { perm: [0, 2, 1] })]);
  const product = b.op('Mul', [gram(x), gram(adjoints[0]!)]);
  return b.op('ReduceSum', [product, b.ints([1, 2])], { keepdims: 0 });
}

function covariances(b: GraphBuilder, end: Ends, positions: string): [string, string][] {
  const { at, layer, x, adjoints, single } = end;
  const { columns, outputs, tokens } = layer;
  // Padding is no position; nor is a row that fills up a batch.
  const axes = b.ints([1]);
  const counts =
    tokens && !single ? positions : b.op('ReduceMax', [positions, axes], { keepdims: 1 });
  const masked = b.op('Mul', [x, b.op('Unsqueeze', [counts, b.ints([-1])])]);
  const flat = flatRows(b, masked, columns);
  const squares = adjoints.map(adjoint => {
    const rows = flatRows(b, adjoint, outputs);
    return cross(b, rows, rows);
  });
  return [
    [ghostOutputs.covarianceIn(at), cross(b, flat, flat)],
    [ghostOutputs.covarianceOut(at), squares.reduce((left, right) => b.op('Add', [left, right]))],
  ];
}

/** [x, 1] and one adjoint in the eigenbases. */
function rotated(b: GraphBuilder, { at, x }: Ends, adjoint: string): [string, string] {
  return [
    b.op('MatMul', [x, ghostInputs.basisIn(at)]),
    b.op('MatMul', [adjoint, ghostInputs.basisOut(at)]),
  ];
}

function square(b: GraphBuilder, value: string): string {
  return b.op('Mul', [value, value]);
}

/** The gradient of each row, [rows, outputs, columns]. */
function perRow(b: GraphBuilder, x: string, adjoint: string): string {
  return b.op('MatMul', [b.op('Transpose', [adjoint], { perm: [0, 2, 1] }), x]);
}

/** sum over rows and directions of (Q_G^T g Q_A)^2; of one position the square is the product of the squares. */
function rotatedSquares(b: GraphBuilder, end: Ends): string {
  const { columns, outputs } = end.layer;
  const parts = end.adjoints.map(adjoint => {
    const [x, y] = rotated(b, end, adjoint);
    if (end.single) {
      return cross(b, flatRows(b, square(b, y), outputs), flatRows(b, square(b, x), columns));
    }
    const squares = square(b, perRow(b, x, y));
    return b.op('ReduceSum', [squares, b.ints([0])], { keepdims: 0 });
  });
  return parts.reduce((left, right) => b.op('Add', [left, right]));
}

function selfInfluence(b: GraphBuilder, end: Ends): string {
  const [x, y] = rotated(b, end, end.adjoints[0]!);
  const inverse = ghostInputs.inverse(end.at);
  const each = end.single
    ? b.op('Mul', [b.op('MatMul', [square(b, y), inverse]), square(b, x)])
    : b.op('Mul', [square(b, perRow(b, x, y)), inverse]);
  return b.op('ReduceSum', [each, b.ints([1, 2])], { keepdims: 0 });
}
