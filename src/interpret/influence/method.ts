/** The one shape of all methods: from some texts and a training set to a score for every training line. */
import type { Model } from '../../model/model';
import type { HealthCheck } from '../../protocol/explanation';
import type { ResolvedInfluenceOptions, SuspicionOptions } from '../../protocol/influence';
import type { RunOptions } from '../task/predictRows';
import type { Example } from './curvature/batches';
import type { TrainingSet } from './trainingSet';

export interface MethodContext extends RunOptions {
  readonly model: Model;
  readonly train: TrainingSet;
  /** Another model (a checkpoint), loaded and kept as the engine does; the same device. */
  readonly openModel: (dir: string) => Promise<Model>;
  /** Folder for partial results that a cancelled run goes on from, one for this training set and model. */
  readonly cacheDir: string;
}

export interface InfluenceScores {
  /** [train.count]; positive helps. NaN: the line was no candidate. */
  readonly scores: Float64Array;
  /** [train.count], where they fell off on the way; NaN where unknown. */
  readonly losses: Float64Array | null;
  /** [train.count]: 1 where label and prediction disagree, where that fell off on the way. */
  readonly disagrees?: Uint8Array;
  /** Method and parameters in one sentence, with the values that were found automatically. */
  readonly says: string;
  readonly residual: number | null;
  readonly damping: number | null;
  readonly notes: readonly HealthCheck[];
}

/**
 * `tests`: the examples whose mean loss is asked about. Of a tagger asked about one entity, the other tokens' targets are -100.
 * Throws GlassboxError: 'cancelled'; 'unsupported' where the model does not allow the method, with another one as the way out;
 * 'bad-input' for options that make no sense.
 */
export type InfluenceMethod = (
  tests: readonly Example[],
  options: ResolvedInfluenceOptions,
  context: MethodContext,
) => Promise<InfluenceScores>;

/** A number for every training line, large where the label is suspicious: g^T (C + damping I)^-1 g, or the loss itself. */
export type SuspicionMethod = (
  options: Required<SuspicionOptions>,
  context: MethodContext,
) => Promise<InfluenceScores>;
