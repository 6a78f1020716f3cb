/** The words whose vectors lie nearest to a word's: what a small change of a text can be. */
import { setImmediate } from 'node:timers/promises';
import type { Model, Releasable } from '../../model/model';
import { elementsOf } from '../../onnx/tensorData';
import { GlassboxError } from '../../protocol/messages';
import { Vocabulary } from '../attack/flip/vocabulary';

/** So many are remembered of each word. */
const most = 3;

/** Of one model; kept with it. */
export class WordNeighbours implements Releasable {
  private readonly known = new Map<number, readonly number[]>();

  private constructor(
    private readonly model: Model,
    readonly vocabulary: Vocabulary,
  ) {}

  /** Null where the model has no tokenizer. */
  static async of(model: Model): Promise<WordNeighbours | null> {
    const { tokenizer, embedding } = model.about;
    if (!tokenizer) return null;
    return await model.program('word neighbours', async () => {
      const vocabulary = await Vocabulary.of(tokenizer, embedding.vocabulary);
      return new WordNeighbours(model, vocabulary);
    });
  }

  /**
   * Ids of up to three words of the same kind (letters, digits, ...; beginning or continuation; case) that are spelt otherwise, by the cosine of the
   * vectors, the nearest first. Empty for what is no word. Time: the size of the embedding table, the first time. Throws GlassboxError 'cancelled'.
   */
  async near(id: number, signal?: AbortSignal): Promise<readonly number[]> {
    const known = this.known.get(id);
    if (known) return known;
    await setImmediate();
    if (signal?.aborted) throw new GlassboxError('cancelled', 'The measuring was cancelled.');
    const found = await this.search(id);
    this.known.set(id, found);
    return found;
  }

  release(): Promise<void> {
    this.known.clear();
    return Promise.resolve();
  }

  private async search(id: number): Promise<number[]> {
    const { entries, lowerCases } = this.vocabulary;
    const own = entries[id];
    if (!own) return [];
    const { table, width } = this.model.about.embedding;
    const graph = await this.model.graph();
    const vectors = elementsOf(graph.constants.get(table)!) as Float32Array;
    const spelt = own.surface.toLowerCase();
    const best: { id: number; cosine: number }[] = [];
    entries.forEach((entry, other) => {
      if (!entry?.alone || entry.kind !== own.kind || entry.startsWord !== own.startsWord) return;
      if (!lowerCases && entry.written !== own.written) return;
      if (entry.surface.toLowerCase() === spelt) return;
      const cosine = cosineOf(vectors, width, id, other);
      if (!Number.isFinite(cosine)) return;
      if (best.length === most && cosine <= best.at(-1)!.cosine) return;
      best.push({ id: other, cosine });
      best.sort((a, b) => b.cosine - a.cosine);
      best.length = Math.min(best.length, most);
    });
    return best.map(one => one.id);
  }
}

function cosineOf(vectors: Float32Array, width: number, a: number, b: number): number {
  let [product, aa, bb] = [0, 0, 0];
  for (let i = 0; i < width; i++) {
    const [x, y] = [vectors[a * width + i]!, vectors[b * width + i]!];
    product += x * y;
    aa += x * x;
    bb += y * y;
  }
  return product / Math.sqrt(aa * bb);
}
