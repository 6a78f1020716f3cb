/** A thread that solves one symmetric eigenproblem and says the answer. */
import { parentPort, workerData } from 'node:worker_threads';
import { eigenvectors, type SymmetricMatrix } from './eigenvectors';

const vectors = eigenvectors(workerData as SymmetricMatrix);
parentPort!.postMessage(vectors, [vectors.buffer as ArrayBuffer]);
