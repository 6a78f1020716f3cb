/** Matrices that are too large to be written down: all that one can do with them is to multiply a vector. */
import { setImmediate } from 'node:timers/promises';
import type { Progress } from '../../../protocol/messages';
import { GlassboxError } from '../../../protocol/messages';
import { addScaled, norm, type Vector } from './vector';

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
}

/** A symmetric matrix [size, size]. */
export interface SymmetricOperator {
  readonly size: number;
  /** No more eigenvalues than this differ from 0; `size` where nothing is known. */
  readonly rank?: number;
  /** The product, a vector of its own. Throws GlassboxError 'cancelled'. */
  times(vector: Vector, options?: RunOptions): Promise<Vector>;
}

/** A symmetric matrix that is the mean of one for each row of a data set; can be taken over some of the rows alone. */
export interface RowsOperator extends SymmetricOperator {
  readonly rows: number;
  /** These rows are about to be asked for: reads them at once, where that is quicker. Throws GlassboxError 'cancelled'. */
  expect?(rows: readonly number[], options?: RunOptions): Promise<void>;
  /** The product with the mean over these rows, by number from 0; at least one. Throws GlassboxError 'cancelled'. */
  timesOf(rows: readonly number[], vector: Vector, options?: RunOptions): Promise<Vector>;
}

/** A + damping I. */
export function damped(operator: SymmetricOperator, damping: number): SymmetricOperator {
  const { size } = operator;
  return {
    size,
    times: async (vector, options) => {
      const product = await operator.times(vector, options);
      addScaled(product, damping, vector);
      return product;
    },
  };
}

/** The residual of a solution, ||A x - b|| / ||b||; one product. */
export async function residualOf(
  operator: SymmetricOperator,
  x: Vector,
  b: Vector,
  options: RunOptions = {},
): Promise<number> {
  const difference = await operator.times(x, signalOf(options));
  addScaled(difference, -1, b);
  return norm(difference) / norm(b);
}

/** Without the progress, which counts the caller's steps and not the parts of one. */
export function signalOf({ signal }: RunOptions): RunOptions {
  return signal === undefined ? {} : { signal };
}

/** To be called between two pieces of work: lets messages in, a cancel among them. Throws GlassboxError 'cancelled'. */
export async function breathe({ signal }: RunOptions): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new GlassboxError('cancelled', 'Tracing the influence was cancelled.');
}
