/** A training file as the methods of influence see it: numbered examples, read again from the file whenever they are needed. */
import type { DatasetRecord } from '../../dataset';
import type { Model, Releasable } from '../../model/model';
import type { HealthCheck } from '../../protocol/explanation';
import type { TrainingProblem, TrainingSummary } from '../../protocol/influence';
import type { RunOptions } from '../task/predictRows';
import type { Example } from './curvature/batches';
import type { FeatureSource } from './head/features';

/** Some examples of the file, in its order. */
export interface ExampleBlock {
  /** Numbers of the examples, from 0, one each. */
  readonly numbers: readonly number[];
  readonly examples: readonly Example[];
}

/** What the model's last linear map reads of every example, from the cache on disk. */
export interface TrainFeatures {
  /** In the order of the examples: one row a text, or one a token that counts. Blocks are read from disk, as often as they are asked for. */
  readonly source: FeatureSource;
  /** The first row of each example and, at the end, the number of rows: [count + 1]. */
  readonly starts: Float64Array;
  /** Examples whose features were computed now, and those that were there. */
  readonly computed: number;
  readonly cached: number;
}

/**
 * The records of a training file that can be used: with a text, and a label that the model has. Examples are numbered from 0 in
 * the order of the file. Only places, targets and hashes are held in memory, some tens of bytes each.
 */
export interface TrainingSet extends Releasable {
  readonly model: Model;
  /** Base name, and path. */
  readonly file: string;
  readonly path: string;
  readonly count: number;
  readonly problems: readonly TrainingProblem[];
  /** Texts that are longer than the model reads: their beginning counts. */
  readonly notes: readonly HealthCheck[];
  /** SHA-256 (hexadecimal) over the used records: the same for the same texts and labels in the same order. */
  readonly sha256: string;

  /** Lines from 1. */
  linesOf(number: number): { readonly line: number; readonly endLine: number };
  recordOf(number: number): DatasetRecord;

  /**
   * Examples, tokenised, in blocks of some hundreds: all, or those with the given numbers in ascending order. Throws GlassboxError
   * 'cancelled', and 'bad-input' where the file was changed since it was opened: one sentence that says so.
   */
  examples(
    options?: RunOptions & { readonly numbers?: readonly number[] },
  ): AsyncIterable<ExampleBlock>;

  /** Computes what is missing in the cache, the first time; what was computed stays when it is cancelled. */
  features(options?: RunOptions): Promise<TrainFeatures>;

  /** What a method has prepared for this file under a name, made on first use and released with the set. */
  keep<T>(name: string, make: () => Promise<T>): Promise<T>;

  summary(): TrainingSummary;

  /** False where the file was changed, or is gone, since it was opened: open it again. */
  isUnchanged(): Promise<boolean>;
}
