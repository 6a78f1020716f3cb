/** The models that are loaded, each as its files were when it was loaded. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { shuffledModel } from '../interpret/measure/shuffledModel';
import { watchedFiles } from '../model/files';
import { loadModel } from '../model/loadModel';
import type { LoadOptions } from '../model/loadModel';
import type { Model } from '../model/model';
import type { DevicePreference } from '../protocol/explanation';

/** Sessions are heavy, and who compares models compares few. */
const mostModels = 3;

interface Entry {
  /** Of the files that may be the model's, before it was loaded; and of those that it was loaded from. */
  readonly stamp: string;
  readonly partsStamp: string;
  readonly model: Model;
  /** Of one with shuffled weights: that with the weights as they are. */
  readonly real?: Model;
}

/** Loads on first use, again when a file changed, and releases the model that was unused longest. */
export class ModelCache {
  /** In the order of their last use. */
  private readonly entries = new Map<string, Entry>();
  private shuffles = 0;

  /** `beforeRelease`: frees what was made with a model and is kept elsewhere. */
  constructor(
    private readonly beforeRelease: (model: Model) => Promise<void> = () => Promise.resolve(),
  ) {}

  get folders(): string[] {
    return [...new Set([...this.entries.values()].map(entry => entry.model.about.dir))];
  }

  /**
   * Not for two callers at once: the engine asks for one thing after another. `inUse`: a model that is not released to make room. Throws
   * as loadModel.
   */
  async get(
    dir: string,
    device: DevicePreference,
    options: LoadOptions = {},
    inUse?: Model,
  ): Promise<Model> {
    const { tokenizer = 'required', task = '' } = options;
    const key = [path.resolve(dir), device, tokenizer, task].join('\0');
    const stamp = await stampOf(watchedFiles(dir));
    const kept = this.entries.get(key);
    this.entries.delete(key);
    if (kept?.stamp === stamp && kept.partsStamp === (await stampOf(kept.model.about.parts))) {
      this.entries.set(key, kept);
      return kept.model;
    }
    if (kept) await this.releaseWith(kept.model);
    const model = await loadModel(dir, device, options);
    this.entries.set(key, { stamp, partsStamp: await stampOf(model.about.parts), model });
    await this.shrink([model, inUse]);
    return model;
  }

  /**
   * The model with shuffled weights that belongs to `real`, which is kept like any other, and for as long as `real` is: two measurings
   * one after another shuffle once.
   */
  async shuffledOf(real: Model): Promise<Model> {
    const kept = [...this.entries].find(([, entry]) => entry.real === real);
    const key = kept?.[0] ?? `shuffled\0${this.shuffles++}`;
    const model = kept?.[1].model ?? (await shuffledModel(real));
    // Used last.
    this.entries.delete(key);
    this.entries.set(key, { stamp: '', partsStamp: '', model, real });
    await this.shrink([real, model]);
    return model;
  }

  async clear(): Promise<void> {
    const entries = [...this.entries.values()];
    this.entries.clear();
    for (const { model } of entries) await this.release(model);
  }

  private async shrink(inUse: readonly (Model | undefined)[]): Promise<void> {
    for (const [key, { model }] of [...this.entries]) {
      if (this.entries.size <= mostModels) return;
      // Released with the model that it was made of, or at work.
      if (!this.entries.has(key) || inUse.includes(model)) continue;
      this.entries.delete(key);
      await this.releaseWith(model);
    }
  }

  /** What was made of a model goes with it. */
  private async releaseWith(model: Model): Promise<void> {
    for (const [key, { model: shuffled, real }] of [...this.entries]) {
      if (real !== model) continue;
      this.entries.delete(key);
      await this.release(shuffled);
    }
    await this.release(model);
  }

  private async release(model: Model): Promise<void> {
    await this.beforeRelease(model);
    await model.release();
  }
}

/** Sizes and times of the files; a missing one counts as such. */
async function stampOf(files: readonly string[]): Promise<string> {
  const stamps = files.map(async file => {
    const found = await stat(file).catch(() => null);
    return found ? `${found.size} ${found.mtimeMs} ${found.ino}` : '';
  });
  return (await Promise.all(stamps)).join('\n');
}
