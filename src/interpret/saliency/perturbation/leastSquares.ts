/** Weighted ridge regression on drawn rows, and how far its coefficients would move were the rows drawn again. */
import { GlassboxError } from '../../../protocol/messages';
import { Cholesky } from '../../linear/cholesky';
import { pauser } from '../../pause';

export interface Regression {
  /** [rows, width], row-major; -1, 0 or 1. */
  readonly design: Int8Array;
  readonly width: number;
  readonly targets: Float64Array;
  readonly weights: Float64Array;
  /** Of each squared coefficient. */
  readonly penalties: Float64Array;
  /** So many rows at the beginning were not drawn, and would be the same again. */
  readonly fixed: number;
}

export interface Fit {
  readonly coefficients: Float64Array;
  /** Standard deviations over draws of the rows: of each coefficient, and last of their sum. Null for fewer than two drawn rows. */
  readonly spread: Float64Array | null;
  /** 1 - sum w (y - x c)^2 / sum w (y - mean)^2, the mean weighted too; null where all targets are equal. */
  readonly r2: number | null;
}

/**
 * Minimises sum_i w_i (y_i - x_i c)^2 + sum_j penalty_j c_j^2: c = G sum_i w_i y_i x_i with G = (X^T W X + P)^-1.
 *
 * The spread is the delete-one jackknife (Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans, chapter 3): without row i
 * the coefficients are c_(i) = c - G x_i w_i r_i / (1 - w_i x_i G x_i) (Sherman and Morrison; r the residual), and the variance is
 * (m - 1)/m sum_i (c_(i) - mean)^2 over the m drawn rows. That needs no further run of the model. Time: rows width^2 + width^3.
 *
 * Throws GlassboxError: 'cancelled'; 'bad-input' where the rows do not decide all coefficients.
 */
export async function solve(regression: Regression, signal?: AbortSignal): Promise<Fit> {
  const { design, width, targets, weights, penalties, fixed } = regression;
  const rows = targets.length;
  const pause = pauser(signal);
  const gram = new Float64Array(width * width);
  const right = new Float64Array(width);
  const x = new Float64Array(width);
  const readRow = (row: number): void => {
    x.set(design.subarray(row * width, (row + 1) * width));
  };
  for (let row = 0; row < rows; row++) {
    readRow(row);
    for (let i = 0; i < width; i++) {
      const weighted = weights[row]! * x[i]!;
      if (weighted === 0) continue;
      right[i]! += weighted * targets[row]!;
      const at = i * width;
      // The lower triangle is enough.
      for (let j = 0; j <= i; j++) gram[at + j]! += weighted * x[j]!;
    }
    if (row % 16 === 0) await pause();
  }
  for (let i = 0; i < width; i++) gram[i * width + i]! += penalties[i]!;
  const inverse = await inverseOf(gram, width, signal);
  const coefficients = product(inverse, right);
  const residuals = targets.map((target, row) => {
    let fitted = 0;
    for (let i = 0; i < width; i++) fitted += design[row * width + i]! * coefficients[i]!;
    return target - fitted;
  });
  const sums = { first: new Float64Array(width + 1), second: new Float64Array(width + 1) };
  for (let row = fixed; row < rows; row++) {
    readRow(row);
    const moved = product(inverse, x);
    let leverage = 0;
    for (let i = 0; i < width; i++) leverage += weights[row]! * x[i]! * moved[i]!;
    const scale = (weights[row]! * residuals[row]!) / Math.max(smallestRest, 1 - leverage);
    let sum = 0;
    for (let i = 0; i < width; i++) {
      const shift = moved[i]! * scale;
      sum += shift;
      sums.first[i]! += shift;
      sums.second[i]! += shift * shift;
    }
    sums.first[width]! += sum;
    sums.second[width]! += sum * sum;
    if (row % 16 === 0) await pause();
  }
  const drawn = rows - fixed;
  const spread = sums.first.map((first, i) =>
    Math.sqrt(Math.max(0, ((drawn - 1) / drawn) * (sums.second[i]! - first ** 2 / drawn))),
  );
  return {
    coefficients,
    spread: drawn < 2 ? null : spread,
    r2: determination(targets, weights, residuals),
  };
}

/** A row that alone decides a coefficient has a leverage of 1, but for rounding, and leaves no residual. */
const smallestRest = 1e-9;

async function inverseOf(
  gram: Float64Array,
  width: number,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  try {
    return await (await Cholesky.of(gram, width, signal)).inverse(signal);
  } catch (error) {
    if (!(error instanceof GlassboxError) || error.code !== 'unsupported') throw error;
    throw new GlassboxError(
      'bad-input',
      'The perturbed texts are too few to decide the weights of all words; take more samples (or, of LIME, a ridge above 0).',
    );
  }
}

function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  const result = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    const factor = vector[j]!;
    if (factor === 0) continue;
    // Symmetric: row j is column j.
    const at = j * size;
    for (let i = 0; i < size; i++) result[i]! += factor * matrix[at + i]!;
  }
  return result;
}

function determination(
  targets: Float64Array,
  weights: Float64Array,
  residuals: Float64Array,
): number | null {
  let [total, sum] = [0, 0];
  targets.forEach((target, row) => {
    total += weights[row]!;
    sum += weights[row]! * target;
  });
  const mean = sum / total;
  let [left, all] = [0, 0];
  targets.forEach((target, row) => {
    left += weights[row]! * residuals[row]! ** 2;
    all += weights[row]! * (target - mean) ** 2;
  });
  return all === 0 ? null : 1 - left / all;
}
