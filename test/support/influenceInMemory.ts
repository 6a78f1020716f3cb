/**
 * Influence of training examples that are all in memory, without files, on a test loss (Koh and Liang 2017): score_i = g_test^T (C + damping I)^-1 g_i with
 * C the mean curvature over training examples. Positive: the example helps; giving it more weight lowers the test loss.
 */
import type { LissaParameters } from '../../src/interpret/influence/solve/lissa';
import { signalOf } from '../../src/interpret/pause';
import type { RowsOperator } from '../../src/interpret/influence/solve/operator';
import { norm, type Vector } from '../../src/interpret/influence/solve/vector';
import type { Example } from '../../src/interpret/influence/curvature/batches';
import { drawNumbers } from '../../src/interpret/influence/curvature/chunks';
import type { CurvatureKind } from '../../src/interpret/influence/curvature/curvatureOperator';
import type { LossModel, LossOptions } from '../../src/interpret/influence/curvature/lossModel';
import {
  byConjugateGradient,
  byLissa,
  unsolved,
  type CgOptions,
  type Solved,
} from '../../src/interpret/influence/curvature/solveFor';

export interface CgSolver extends CgOptions {
  readonly method: 'cg';
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
 * Influence on the mean loss of `test`. Throws GlassboxError: 'cancelled'; 'bad-input' where the series diverges or the Hessian has a negative eigenvalue beyond the damping.
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
  const rows = drawNumbers(train.length, curvatureRows, seed).map(at => train[at]!);
  return await losses.curvature(rows, kindOf(options), options);
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
    return unsolved(gradient);
  }
  const operator = options.operator ?? (await curvatureOf(losses, train, options));
  if (solver.method === 'cg') {
    return await byConjugateGradient(operator, gradient, { ...options, ...solver });
  }
  const all = await losses.curvature(train, kindOf(options), options);
  const given = { ...options, measuredBy: operator };
  return await byLissa(all, gradient, solver.parameters, given);
}

function tokensOf({ tokens }: LossOptions): LossOptions {
  return tokens === undefined ? {} : { tokens };
}
