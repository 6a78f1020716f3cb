/**
 * LiSSA (Agarwal, Bullins and Hazan 2017; for influence Koh and Liang 2017, section 3): the inverse as a series, with
 * the matrix of a few rows in each step. As AllenNLP's SimpleInfluence has it, with its names and defaults:
 *   h_0 = v,   h_j = v + (1 - damping) h_(j-1) - A_j h_(j-1) / scale,   answer: the mean of h_J / scale
 * over `num_samples` such series. h / scale tends to (A + scale damping I)^-1 v: with the defaults 30 is added to the
 * eigenvalues.
 */
import { GlassboxError } from '../../../protocol/messages';
import { Seeded } from '../../random';
import type { RunOptions } from '../../task/predictRows';
import { breathe, signalOf } from '../../pause';
import { damped, residualOf, type RowsOperator, type SymmetricOperator } from './operator';
import { largestEigenvalue } from './spectrum';
import { addScaled, norm, scaled, type Vector } from './vector';

/** Names and defaults are AllenNLP's. */
export interface LissaParameters {
  /** Rows of a step. */
  readonly lissa_batch_size?: number;
  readonly damping?: number;
  readonly num_samples?: number;
  /**
   * Steps if it is a whole number; else the share of the batches that all rows make, rounded down, which may be no
   * step at all.
   */
  readonly recursion_depth?: number;
  /** Larger than half the largest eigenvalue of any step's matrix, or the series diverges; 'auto': is estimated. */
  readonly scale?: number | 'auto';
}

export const lissaDefaults = {
  lissa_batch_size: 8,
  damping: 3e-3,
  num_samples: 1,
  recursion_depth: 0.25,
  scale: 1e4,
} as const satisfies LissaParameters;

export interface LissaSolution {
  readonly x: Vector;
  /** ||(A + scale damping I) x - v|| / ||v|| with the A of all rows, or that of `measuredBy`. */
  readonly residual: number;
  /** As used, after 'auto'. */
  readonly scale: number;
  /** scale * damping. */
  readonly effectiveDamping: number;
  /** Of each series. */
  readonly steps: number;
}

export interface LissaOptions extends RunOptions {
  /** Decides which rows meet in which step. */
  readonly seed?: number;
  /** For the residual, which takes one whole product: the matrix of fewer rows, say. */
  readonly measuredBy?: SymmetricOperator;
}

/** Throws GlassboxError: 'bad-input' for parameters that make no sense and where the series diverges, 'cancelled'. */
export async function lissa(
  operator: RowsOperator,
  v: Vector,
  parameters: LissaParameters = {},
  options: LissaOptions = {},
): Promise<LissaSolution> {
  const set = { ...lissaDefaults, ...parameters };
  const { lissa_batch_size: size, damping, num_samples: samples } = set;
  checkParameters(set);
  const steps = stepsOf(set.recursion_depth, Math.ceil(operator.rows / size));
  const { seed = 0, progress, measuredBy: measured = operator } = options;
  const scale = set.scale === 'auto' ? await scaleFor(operator, size, options) : set.scale;
  const mean = new Float64Array(v.length);
  for (let sample = 0; sample < samples; sample++) {
    const batches = shuffledBatches(operator.rows, size, new Seeded(seed, `series ${sample}`));
    const next: number[][] = [];
    let h = v.slice();
    for (let step = 1; step <= steps; step++) {
      await breathe(options);
      if (next.length === 0) {
        const many = Math.min(ahead, steps - step + 1);
        for (let i = 0; i < many; i++) next.push(batches.next().value);
        await operator.expect?.(next.flat(), signalOf(options));
      }
      const product = await operator.timesOf(next.shift()!, h, signalOf(options));
      h = h.map((value, i) => v[i]! + (1 - damping) * value - product[i]! / scale);
      stopIfDiverged(h, v, step, { scale, damping });
      const [done, total] = [sample * steps + step, samples * steps];
      progress?.({ done, total, says: `LiSSA step ${done} of ${total}` });
    }
    addScaled(mean, 1 / samples, h);
  }
  const x = scaled(1 / scale, mean);
  const effectiveDamping = scale * damping;
  const residual = await residualOf(damped(measured, effectiveDamping), x, v, options);
  return { x, residual, scale, effectiveDamping, steps };
}

function checkParameters(set: typeof lissaDefaults | Required<LissaParameters>): void {
  const { lissa_batch_size: size, damping, num_samples: samples, recursion_depth: depth } = set;
  const whole = (value: number): boolean => Number.isInteger(value) && value >= 1;
  const bad = (says: string): GlassboxError => new GlassboxError('bad-input', says);
  if (!whole(size)) throw bad(`lissa_batch_size is ${size}; it is a whole number from 1.`);
  if (!whole(samples)) throw bad(`num_samples is ${samples}; it is a whole number from 1.`);
  if (!(damping >= 0 && damping < 1))
    throw bad(`damping is ${damping}; it is at least 0, below 1.`);
  if (!(depth > 0 && depth < Infinity)) {
    throw bad(`recursion_depth is ${depth}; it is a number of steps or a fraction of the batches.`);
  }
  if (set.scale !== 'auto' && !(set.scale > 0 && set.scale < Infinity)) {
    throw bad(`scale is ${String(set.scale)}; it is a positive number or auto.`);
  }
}

/** `batches`: how many all rows make. */
function stepsOf(depth: number, batches: number): number {
  return Number.isInteger(depth) ? depth : Math.floor(depth * batches);
}

/** Batches that are read at once. */
const ahead = 64;

/** All rows in random order, cut into batches; when they are used up, all again in another order. */
function* shuffledBatches(rows: number, size: number, random: Seeded): Generator<number[], never> {
  for (;;) {
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    for (let i = rows - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    for (let first = 0; first < rows; first += size) {
      yield Array.from(order.subarray(first, first + size));
    }
  }
}

/** Batches whose largest eigenvalue is looked for, */
const probed = 4;
/** and how much larger than these another batch's may be (twice that is still stable, see stopIfDiverged). */
const margin = 2;

/** A scale at which the steps' matrices have their eigenvalues within 1, by what a few of them show. */
async function scaleFor(
  operator: RowsOperator,
  batchSize: number,
  options: LissaOptions,
): Promise<number> {
  const { seed = 0 } = options;
  const batches = shuffledBatches(operator.rows, batchSize, new Seeded(seed, 'scale'));
  let largest = 0;
  for (let i = 0; i < probed; i++) {
    const rows = batches.next().value;
    const { size } = operator;
    const times = (v: Vector): Promise<Vector> => operator.timesOf(rows, v, signalOf(options));
    const { value } = await largestEigenvalue({ size, times }, { ...signalOf(options), seed });
    largest = Math.max(largest, Math.abs(value));
  }
  // A matrix of zeros: any scale will do.
  return largest === 0 ? 1 : margin * largest;
}

/** How far beyond what a stable series can reach a series may be; a single odd batch may throw it off for a while. */
const slack = 100;

/**
 * Where every step's matrix has its eigenvalues from 0 to 2 (1 - damping) scale, no step lengthens h by more than
 * ||v||: so ||h_j|| <= (j + 1) ||v||. A series that is far beyond that grows without end.
 */
function stopIfDiverged(
  h: Vector,
  v: Vector,
  step: number,
  { scale, damping }: { scale: number; damping: number },
): void {
  const length = norm(h);
  if (length <= slack * (step + 1) * norm(v)) return;
  throw new GlassboxError(
    'bad-input',
    `LiSSA diverges (after ${step} steps the estimate is ${(length / norm(v)).toPrecision(2)} times as long as the gradient) because the scale ${scale} is too small for this model or its Hessian has negative eigenvalues beyond the damping ${damping}; choose a larger scale, "auto", or the Gauss-Newton matrix.`,
  );
}
