/**
 * Conjugate gradient (Hestenes and Stiefel 1952; Nocedal and Wright, "Numerical Optimization", algorithms 5.2 and
 * 5.3): solves A x = b for a symmetric positive definite A with one product a step.
 */
import type { RunOptions } from '../../task/predictRows';
import { breathe, signalOf } from '../../pause';
import { residualOf, type SymmetricOperator } from './operator';
import { addScaled, dot, norm, type Vector } from './vector';

export interface ConjugateGradientOptions extends RunOptions {
  /** Ends when ||A x - b|| / ||b|| is not larger. */
  readonly tolerance?: number;
  /** Ends after so many products. */
  readonly steps?: number;
  /** A positive approximation of A's diagonal: steps are then taken in the variables that it scales to 1 (Jacobi). */
  readonly diagonal?: Vector;
}

export interface Solution {
  readonly x: Vector;
  /** ||A x - b|| / ||b|| at the end, measured with a product of its own. */
  readonly residual: number;
  /** The same after each step as the recurrence has it. */
  readonly residuals: readonly number[];
  /**
   * 'negative-curvature': A is not positive definite, and x is where that was seen. Some p has p^T A p / p^T p =
   * `curvature` <= 0; nothing is minimal there, so x answers no question.
   */
  readonly stopped: 'tolerance' | 'steps' | 'negative-curvature';
  /** p^T A p / p^T p, the smallest that any step has met: no eigenvalue is certain to be larger. */
  readonly curvature: number;
}

/** Throws GlassboxError 'cancelled'. */
export async function conjugateGradient(
  operator: SymmetricOperator,
  b: Vector,
  options: ConjugateGradientOptions = {},
): Promise<Solution> {
  const { tolerance = 1e-4, steps = 100, diagonal, progress } = options;
  const x = new Float64Array(b.length);
  const length = norm(b);
  if (length === 0) {
    return { x, residual: 0, residuals: [], stopped: 'tolerance', curvature: Infinity };
  }
  const precondition = (r: Vector): Vector => (diagonal ? r.map((v, i) => v / diagonal[i]!) : r);
  const r = b.slice();
  let z = precondition(r);
  const p = z.slice();
  let slope = dot(r, z);
  const residuals: number[] = [];
  let stopped: Solution['stopped'] = 'steps';
  let curvature = Infinity;
  while (residuals.length < steps) {
    await breathe(options);
    const [done, before] = [residuals.length, residuals.at(-1) ?? 1];
    const product = await operator.times(p, {
      ...signalOf(options),
      progress: ({ says }) => {
        const at = `residual ${before.toExponential(1)}, step ${done + 1}`;
        progress?.({ done, total: steps, says: `Solving: ${at}, ${says}` });
      },
    });
    const bend = dot(p, product);
    curvature = Math.min(curvature, bend / dot(p, p));
    // Written so that a product that is no number ends it, too.
    if (!(bend > 0)) {
      stopped = 'negative-curvature';
      break;
    }
    const step = slope / bend;
    addScaled(x, step, p);
    addScaled(r, -step, product);
    const residual = norm(r) / length;
    residuals.push(residual);
    const at = `residual ${residual.toExponential(1)}`;
    progress?.({ done: residuals.length, total: steps, says: `Solving: ${at}` });
    if (residual <= tolerance) {
      stopped = 'tolerance';
      break;
    }
    z = precondition(r);
    const next = dot(r, z);
    const turn = next / slope;
    for (let i = 0; i < p.length; i++) p[i] = z[i]! + turn * p[i]!;
    slope = next;
  }
  const residual = await residualOf(operator, x, b, options);
  return { x, residual, residuals, stopped, curvature };
}
