/** Eigenvectors of symmetric matrices in float64, away from the thread that hears a cancel where they take long. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { GlassboxError, reasonOf } from '../../../protocol/messages';
import { cancelled, stopIfCancelled } from '../../pause';
import { eigenvectors, type SymmetricMatrix } from './eigenvectors';

/** Larger ones go to a thread of their own; these take some hundredths of a second. */
const mostHere = 160;
/** The worker stands beside this file, as a bundle or, in tests, as a source. */
const extension = path.extname(__filename);
const worker = path.join(__dirname, `eigenWorker${extension}`);
const execArgv = extension === '.ts' ? ['--require=tsx/cjs'] : [];

/**
 * Eigenvectors as columns [size, size], in ascending order of their eigenvalues, by tridiagonalisation and QL (EISPACK's tred2 and
 * tql2, in ml-matrix): about 10 size^3 operations in one thread. Throws GlassboxError 'cancelled' at once, whatever the size.
 */
export async function symmetricEigen(
  matrix: SymmetricMatrix,
  signal?: AbortSignal,
): Promise<Float64Array> {
  stopIfCancelled(signal);
  if (matrix.size <= mostHere) return eigenvectors(matrix);
  return await new Promise((resolve, reject) => {
    const thread = new Worker(worker, { workerData: matrix, execArgv });
    const end = (settle: () => void): void => {
      signal?.removeEventListener('abort', cancel);
      void thread.terminate();
      settle();
    };
    const cancel = (): void => {
      end(() => {
        reject(cancelled());
      });
    };
    signal?.addEventListener('abort', cancel);
    thread.once('message', (vectors: Float64Array) => {
      end(() => {
        resolve(vectors);
      });
    });
    thread.once('error', error => {
      const says = `Eigenvectors of a matrix of ${matrix.size} rows could not be found (${reasonOf(error)}).`;
      end(() => {
        reject(new GlassboxError('internal', says));
      });
    });
  });
}
