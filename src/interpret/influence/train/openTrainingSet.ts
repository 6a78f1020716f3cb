/** Opens a training file: which of its records can be used, and where they stand. */
import { basename } from 'node:path';
import { DatasetCache, formatOf, openFileLines } from '../../../dataset';
import type { Model } from '../../../model/model';
import type { TrainingFile } from '../../../protocol/influence';
import { GlassboxError } from '../../../protocol/messages';
import type { RunOptions } from '../../task/predictRows';
import type { TrainingSet } from '../trainingSet';
import { FileTrainingSet } from './fileTrainingSet';
import { stampOf } from './fileStamp';
import { ExampleReader } from './readExamples';
import { scan } from './scan';
import { refuseTask } from './targetOf';

export interface TrainingOptions extends RunOptions {
  /** A folder that belongs to Glassbox, for features; made where it is missing. */
  readonly cacheDir: string;
  /** Features of so many bytes are kept in memory once they were read; by default 256 MB. Of more, every pass reads the disk. */
  readonly inMemory?: number;
}

/**
 * Reads the file once. Throws GlassboxError: 'bad-input' where it cannot be read or holds no line that can be used (one sentence that
 * names the file and the commonest reason), 'unsupported' for a model whose answers are no labels, 'cancelled'.
 */
export async function openTrainingSet(
  model: Model,
  { path, fields = {} }: TrainingFile,
  options: TrainingOptions,
): Promise<TrainingSet> {
  refuseTask(model.about.head, model.about.file);
  const format = formatOf(path);
  if (format === null) {
    throw new GlassboxError(
      'bad-input',
      `${basename(path)} has no ending of a dataset (.jsonl, .csv, .tsv, .conll, .txt); choose the file that the model was trained on, or rename it.`,
    );
  }
  // Before it is read: a change in the meantime shows.
  const stamp = await stampOf(path);
  const lines = await openFileLines(path, options);
  try {
    const file = { lines, format, fields, cache: new DatasetCache() };
    const scanned = await scan(model, file, options);
    const reader = new ExampleReader(model, file, scanned.table, path, stamp);
    await reader.check();
    return new FileTrainingSet(path, scanned, reader, options);
  } catch (error) {
    await lines.close();
    throw error;
  }
}
