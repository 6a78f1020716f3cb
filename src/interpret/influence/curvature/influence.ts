/**
 * Influence of training examples on a test loss (Koh and Liang 2017): score_i = g_test^T (C + damping I)^-1 g_i with
 * C the mean curvature over training examples. Positive: the example helps; giving it more weight lowers the test loss.
 */
import { GlassboxError } from '../../../protocol/messages';
import { Seeded } from '../../random';
import { conjugateGradient } from '../solve/conjugateGradient';
import { lissa, type LissaParameters } from '../solve/lissa';
import { damped, signalOf, type RowsOperator } from '../solve/operator';
import { automaticDamping } from '../solve/spectrum';
import { norm, type Vector } from '../solve/vector';
import type { Example } from './batches';
import type { CurvatureKind } from './curvatureOperator';
import type { LossModel, LossOptions } from './lossModel';

export interface CgSolver {
  readonly method: 'cg';
  /** Added to the eigenvalues; 'auto' (default): as automaticDamping has it. */
  readonly damping?: number | 'auto';
  readonly tolerance?: number;
  readonly steps?: number;
}

export interface LissaSolver {
  readonly method: 'lissa';
  readonly parameters?: LissaParameters;
}

/** C = I: scores are products of gradients. */
export interface GradientDot {
  readonly method: 'gradient-dot';
}

export type Solver = CgSolver | LissaSolver | GradientDot;

export interface InfluenceOptions extends LossOptions {
  /** Default: CG. */
  readonly solver?: Solver;
  /** Default: 'gaussNewton'; for LiSSA 'hessian', as others have it. */
  readonly curvature?: CurvatureKind;
  /**
   * The curvature is the mean over so many training examples, drawn by the seed; default 1024. The series of LiSSA goes
   * over all of them whatever this is, but its residual does not.
   */
  readonly curvatureRows?: number;
  /** What `curvatureOf` has made with these options for earlier queries; its frozen part is then not run again. */
  readonly operator?: RowsOperator;
  readonly seed?: number;
}

/** (C + damping I)^-1 g_test, and how well it is known. */
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

export interface Influence extends Omit<Solved, 'x'> {
  /** One a training example. */
  readonly scores: Float64Array;
  /** Losses of the training examples. */
  readonly losses: Float64Array;
  /** Mean loss of the test examples. */
  readonly testLoss: number;
}

const defaultCurvatureRows = 1024;

/**
 * Influence on the mean loss of `test`. Throws GlassboxError: 'cancelled'; 'bad-input' where the series diverges or the Hessian
 * has a negative eigenvalue beyond the damping.
 */
export async function influenceOn(
  losses: LossModel,
  test: readonly Example[],
  train: readonly Example[],
  options: InfluenceOptions = {},
): Promise<Influence> {
  const quiet: LossOptions = { ...signalOf(options), ...tokensOf(options) };
  const [gradient, testLosses] = [
    await losses.gradient(test, null, quiet),
    await losses.losses(test, quiet),
  ];
  const { x, ...solved } = await solveFor(losses, gradient, train, options);
  const { losses: trainLosses, tangents } = await losses.sweep(train, x, options);
  const testLoss = testLosses.reduce((sum, loss) => sum + loss, 0) / test.length;
  return { scores: tangents, losses: trainLosses, testLoss, ...solved };
}

/** The mean curvature over training examples, or over some of them that the seed draws. */
export async function curvatureOf(
  losses: LossModel,
  train: readonly Example[],
  options: InfluenceOptions = {},
): Promise<RowsOperator> {
  const { curvatureRows = defaultCurvatureRows, seed = 0 } = options;
  return await losses.curvature(sample(train, curvatureRows, seed), kindOf(options), options);
}

function kindOf({ curvature, solver }: InfluenceOptions): CurvatureKind {
  return curvature ?? (solver?.method === 'lissa' ? 'hessian' : 'gaussNewton');
}

/** Solves for a gradient, with the curvature of the training examples. */
export async function solveFor(
  losses: LossModel,
  gradient: Vector,
  train: readonly Example[],
  options: InfluenceOptions = {},
): Promise<Solved> {
  const { solver = { method: 'cg' } } = options;
  if (solver.method === 'gradient-dot' || norm(gradient) === 0) {
    return { x: gradient, residual: 0, damping: 0, steps: 0, scale: null };
  }
  const operator = options.operator ?? (await curvatureOf(losses, train, options));
  if (solver.method === 'cg') return await byConjugateGradient(operator, gradient, solver, options);
  const all = await losses.curvature(train, kindOf(options), options);
  const given = { ...options, measuredBy: operator };
  const solution = await lissa(all, gradient, solver.parameters, given);
  const { x, residual, effectiveDamping, steps, scale } = solution;
  return { x, residual, damping: effectiveDamping, steps, scale };
}

async function byConjugateGradient(
  operator: RowsOperator,
  gradient: Vector,
  { damping: wanted = 'auto', ...settings }: CgSolver,
  options: InfluenceOptions,
): Promise<Solved> {
  const damping =
    wanted === 'auto'
      ? await automaticDamping(operator, { ...signalOf(options), seed: options.seed ?? 0 })
      : wanted;
  const solution = await conjugateGradient(damped(operator, damping), gradient, {
    ...options,
    ...settings,
  });
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

function tokensOf({ tokens }: LossOptions): LossOptions {
  return tokens === undefined ? {} : { tokens };
}

/** At most `most` examples, by the seed; all of them in their order where that is enough. */
function sample(examples: readonly Example[], most: number, seed: number): readonly Example[] {
  if (examples.length <= most) return examples;
  const random = new Seeded(seed, 'curvature');
  const order = [...examples.keys()];
  for (let i = 0; i < most; i++) {
    const j = i + random.below(order.length - i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order.slice(0, most).map(at => examples[at]!);
}
