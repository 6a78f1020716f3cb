/** The training files that were opened last, each with its model: what was prepared for them makes the next question cheap. */
import path from 'node:path';
import {
  openTrainingSet,
  type TrainingOptions,
} from '../interpret/influence/train/openTrainingSet';
import type { TrainingSet } from '../interpret/influence/trainingSet';
import type { Model } from '../model/model';
import type { TrainingFile } from '../protocol/influence';

/** Each may hold a factored matrix of some hundred megabytes. */
const mostSets = 2;

/** Opens on first use, again when the file was changed, and releases the set that was unused longest. */
export class TrainingSets {
  /** In the order of their last use. */
  private readonly sets = new Map<string, TrainingSet>();

  /** Not for two callers at once. Throws as openTrainingSet. */
  async get(model: Model, file: TrainingFile, options: TrainingOptions): Promise<TrainingSet> {
    const { textField = '', pairField = '', labelField = '' } = file.fields ?? {};
    const places = [model.about.dir, file.path, options.cacheDir].map(place => path.resolve(place));
    const key = [...places, textField, pairField, labelField].join('\0');
    const kept = this.sets.get(key);
    this.sets.delete(key);
    if (kept) {
      if (kept.model === model && (await kept.isUnchanged())) {
        this.sets.set(key, kept);
        return kept;
      }
      await kept.release();
    }
    const opened = await openTrainingSet(model, file, options);
    this.sets.set(key, opened);
    await this.shrink();
    return opened;
  }

  /** Those of a model that is about to be released; of all models by default. */
  async release(model?: Model): Promise<void> {
    for (const [key, set] of [...this.sets]) {
      if (model !== undefined && set.model !== model) continue;
      this.sets.delete(key);
      await set.release();
    }
  }

  private async shrink(): Promise<void> {
    for (const [key, set] of [...this.sets]) {
      if (this.sets.size <= mostSets) return;
      this.sets.delete(key);
      await set.release();
    }
  }
}
