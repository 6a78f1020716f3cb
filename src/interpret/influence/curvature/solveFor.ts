/** Solves (C + damping I) x = g, and says how well. */
import { GlassboxError } from '../../../protocol/messages';
import { conjugateGradient } from '../solve/conjugateGradient';
import { lissa, type LissaOptions, type LissaParameters } from '../solve/lissa';
import type { RunOptions } from '../../task/predictRows';
import { damped, type RowsOperator, type SymmetricOperator } from '../solve/operator';
import { automaticDamping } from '../solve/spectrum';
import type { Vector } from '../solve/vector';

/** (C + damping I)^-1 g, and how well it is known. */
export interface Solved {
  readonly x: Vector;
  /** ||(C + damping I) x - g|| / ||g||. */
  readonly residual: number;
  /** What was added to the eigenvalues. */
  readonly damping: number;
  readonly steps: number;
  /** Only LiSSA has one. */
  readonly scale: number | null;
}

/** With the unit matrix for C and no damping. */
export function unsolved(x: Vector): Solved {
  return { x, residual: 0, damping: 0, steps: 0, scale: null };
}

export interface CgOptions {
  /** Added to the eigenvalues; 'auto' (default): as automaticDamping has it. */
  readonly damping?: number | 'auto';
  /** As conjugateGradient has them. */
  readonly tolerance?: number;
  readonly steps?: number;
}

/** Throws GlassboxError 'cancelled', and 'bad-input' where a Hessian has a negative eigenvalue beyond the damping. */
export async function byConjugateGradient(
  operator: SymmetricOperator,
  gradient: Vector,
  options: CgOptions & RunOptions & { readonly seed?: number } = {},
): Promise<Solved> {
  const { damping: wanted = 'auto' } = options;
  const damping = wanted === 'auto' ? await automaticDamping(operator, options) : wanted;
  const solution = await conjugateGradient(damped(operator, damping), gradient, options);
  if (solution.stopped === 'negative-curvature') {
    const needed = damping - solution.curvature;
    throw new GlassboxError(
      'bad-input',
      `The Hessian with a damping of ${damping.toPrecision(3)} is not positive definite, so it has no useful inverse; choose a damping above ${needed.toPrecision(3)}, or the Gauss-Newton matrix.`,
    );
  }
  const { x, residual, residuals } = solution;
  return { x, residual, damping, steps: residuals.length, scale: null };
}

/** Throws as lissa does. */
export async function byLissa(
  operator: RowsOperator,
  gradient: Vector,
  parameters: LissaParameters | undefined,
  options: LissaOptions,
): Promise<Solved> {
  const { effectiveDamping: damping, ...solution } = await lissa(
    operator,
    gradient,
    parameters,
    options,
  );
  return { ...solution, damping };
}
