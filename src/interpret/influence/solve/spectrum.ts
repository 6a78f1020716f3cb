/** What is known of a matrix's eigenvalues from a few products. */
import { Seeded } from '../../random';
import type { RunOptions } from '../../task/predictRows';
import { breathe, signalOf } from '../../pause';
import type { SymmetricOperator } from './operator';
import { dot, norm, scaled, type Vector } from './vector';

/** Entries 1 and -1 with equal probability (Rademacher), decided by seed and name alone. */
function randomSigns(size: number, seed: number, name: string): Vector {
  const random = new Seeded(seed, name);
  return Float64Array.from({ length: size }, () => 2 * random.below(2) - 1);
}

export interface LargestEigenvalue {
  /** Of the largest magnitude, with its sign; of a matrix that has both, a mixture is possible. */
  readonly value: number;
  /** ||A v - value v|| / |value|: some eigenvalue is as near as that, in units of it. 0 for A = 0. */
  readonly error: number;
  readonly products: number;
}

export interface PowerOptions extends RunOptions {
  readonly seed?: number;
  /** Ends after so many products, */
  readonly steps?: number;
  /** or when the value has changed by a smaller share than this. */
  readonly tolerance?: number;
}

/** Power iteration (von Mises); the value is a Rayleigh quotient, so never outside of the spectrum. */
export async function largestEigenvalue(
  operator: SymmetricOperator,
  options: PowerOptions = {},
): Promise<LargestEigenvalue> {
  const { seed = 0, steps = 20, tolerance = 1e-2 } = options;
  let v = randomSigns(operator.size, seed, 'power iteration');
  v = scaled(1 / norm(v), v);
  let found: LargestEigenvalue = { value: 0, error: 0, products: 0 };
  for (let products = 1; products <= steps; products++) {
    await breathe(options);
    const product = await operator.times(v, signalOf(options));
    const value = dot(v, product);
    const length = norm(product);
    const before = found.value;
    // |A v|^2 = value^2 + the rest, which is orthogonal to v.
    const rest = Math.sqrt(Math.max(0, length * length - value * value));
    found = { value, error: value === 0 ? 0 : rest / Math.abs(value), products };
    if (length === 0 || Math.abs(value - before) <= tolerance * Math.abs(value)) break;
    v = scaled(1 / length, product);
  }
  return found;
}

export interface Trace {
  readonly value: number;
  /** Standard error of the mean over the samples; 0 for a single sample, of which none can be told. */
  readonly error: number;
}

/**
 * The trace as the mean of z^T A z over random signs z (Hutchinson 1990). Exact for a diagonal matrix. One product a
 * sample.
 */
export async function trace(
  operator: SymmetricOperator,
  options: RunOptions & { readonly seed?: number; readonly samples?: number } = {},
): Promise<Trace> {
  const { seed = 0, samples = 8 } = options;
  const found: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    await breathe(options);
    const z = randomSigns(operator.size, seed, `trace ${sample}`);
    const product = await operator.times(z, {
      ...signalOf(options),
      progress: ({ says }) => {
        const at = `sample ${sample + 1} of ${samples}, ${says}`;
        options.progress?.({ done: sample, total: samples, says: `Mean eigenvalue: ${at}` });
      },
    });
    found.push(dot(z, product));
  }
  const value = found.reduce((sum, x) => sum + x, 0) / samples;
  const squares = found.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return { value, error: samples > 1 ? Math.sqrt(squares / (samples - 1) / samples) : 0 };
}

/** The share of the mean eigenvalue that automatic damping adds, as Grosse et al. 2023 choose it. */
const dampingShare = 0.1;

/**
 * 0.1 times the mean, estimated, of the eigenvalues that may differ from 0; 0 where that is negative. All eigenvalues
 * of the curvature of a few hundred lines by a million parameters have a mean near 0, which would leave a system that
 * conjugate gradient does not solve in reasonable time, and whose answer is about directions that no line moves in.
 */
export async function automaticDamping(
  operator: SymmetricOperator,
  options: RunOptions & { readonly seed?: number; readonly samples?: number } = {},
): Promise<number> {
  const { value } = await trace(operator, options);
  const count = Math.min(operator.size, operator.rank ?? operator.size);
  return Math.max(0, (dampingShare * value) / count);
}
