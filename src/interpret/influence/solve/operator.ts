/** Matrices that are too large to be written down: all that one can do with them is to multiply a vector. */
import type { RunOptions } from '../../task/predictRows';
import { signalOf } from '../../pause';
import { addScaled, norm, type Vector } from './vector';

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
