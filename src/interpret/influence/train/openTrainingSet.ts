/** Opens a training file: which of its records can be used, and where they stand. */
import type { Model } from '../../../model/model';
import type { TrainingFile } from '../../../protocol/influence';
import { GlassboxError } from '../../../protocol/messages';
import type { RunOptions } from '../../task/predictRows';
import type { TrainingSet } from '../trainingSet';

export interface TrainingOptions extends RunOptions {
  /** A folder that belongs to Glassbox, for features; made where it is missing. */
  readonly cacheDir: string;
}

/**
 * Reads the file once. Throws GlassboxError: 'bad-input' where it cannot be read or holds no line that can be used (one sentence that
 * names the file and the commonest reason), 'unsupported' for a model whose answers are no labels, 'cancelled'.
 */
export function openTrainingSet(
  _model: Model,
  { path }: TrainingFile,
  _options: TrainingOptions,
): Promise<TrainingSet> {
  return Promise.reject(new GlassboxError('internal', `${path} cannot be read yet.`));
}
