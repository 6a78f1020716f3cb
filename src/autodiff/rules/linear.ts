/** Matrix products. */
import { spread, type NodeView, type Rule, type RuleTable } from '../rule';
import type { RuleBuilder } from '../ruleBuilder';

export const linearRules: RuleTable = {
  // Y = A B: dA = g B^T, dB = A^T g.
  MatMul: (g, n, b) => [
    { emit: () => matmulLeft(g, n, b), shape: 'batch' },
    sharedMatrix(n)
      ? () => foldedProduct(g, n, b)
      : { emit: () => matmulRight(g, n, b), shape: 'batch' },
  ],
  Gemm: (g, n, b) => gemm(g, n, b),
};

/** One matrix multiplies every row of a batch. */
function sharedMatrix(n: NodeView): boolean {
  return n.rank(1) === 2 && n.rank(0) > 2;
}

/** The adjoint with the matrix dimensions that vectors lost. */
function asMatrix(g: string, n: NodeView, b: RuleBuilder): string {
  const axes = [...(n.rank(0) === 1 ? [-2] : []), ...(n.rank(1) === 1 ? [-1] : [])];
  return axes.reduceRight((value, axis) => b.unsqueeze(value, [axis]), g);
}

function matmulLeft(g: string, n: NodeView, b: RuleBuilder): string {
  const vector = n.rank(1) === 1;
  const transposed = vector ? b.unsqueeze(n.x[1]!, [0]) : b.swapLast(n.x[1]!, n.rank(1));
  const adjoint = b.matmul(asMatrix(g, n, b), transposed);
  return n.rank(0) === 1 ? b.squeeze(adjoint, [-2]) : adjoint;
}

function matmulRight(g: string, n: NodeView, b: RuleBuilder): string {
  const vector = n.rank(0) === 1;
  const transposed = vector ? b.unsqueeze(n.x[0]!, [1]) : b.swapLast(n.x[0]!, n.rank(0));
  const adjoint = b.matmul(transposed, asMatrix(g, n, b));
  return n.rank(1) === 1 ? b.squeeze(adjoint, [-1]) : adjoint;
}

/** dB = sum over the batch of A^T g, as one product of tall matrices. */
function foldedProduct(g: string, n: NodeView, b: RuleBuilder): string {
  const rows = (value: string, width: number | null | undefined, like: string): string =>
    b.reshape(
      value,
      width ? b.ints([-1, width]) : b.concat([b.ints([-1]), b.shapePart(like, -1, 2 ** 31)], 0),
    );
  const [inner, width] = n.dims(1);
  return b.op('Gemm', [rows(n.x[0]!, inner, n.x[0]!), rows(g, width, g)], { transA: 1 });
}

/**
 * Y = alpha op(A) op(B) + beta C, op transposing where transA, transB say so.
 * d op(A) = alpha g op(B)^T, d op(B) = alpha op(A)^T g, dC = beta g.
 */
function gemm(...[g, n, b]: Parameters<Rule>): ReturnType<Rule> {
  const [A, B] = n.x as [string, string];
  const [tA, tB] = [n.int('transA', 0), n.int('transB', 0)];
  const alpha = n.float('alpha', 1);
  const product = (x: string, y: string, transA: number, transB: number): string =>
    b.op('Gemm', [x, y], { alpha, transA, transB });
  return [
    () => (tA ? product(B, g, tB, 1) : product(g, B, 0, 1 - tB)),
    () => (tB ? product(g, A, 1, tA) : product(A, g, 1 - tA, 0)),
    spread(() => b.scale(g, n.float('beta', 1))),
  ];
}
