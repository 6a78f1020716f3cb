/** The eigenproblem itself, for this thread or another. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

export interface SymmetricMatrix {
  /** [size, size]. */
  readonly data: Float64Array;
  readonly size: number;
}

/** Eigenvectors as columns [size, size], in ascending order of their eigenvalues. */
export function eigenvectors({ data, size }: SymmetricMatrix): Float64Array {
  const rows = Array.from({ length: size }, (_, row) =>
    data.subarray(row * size, (row + 1) * size),
  );
  const found = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true });
  return Float64Array.from(found.eigenvectorMatrix.to1DArray());
}
