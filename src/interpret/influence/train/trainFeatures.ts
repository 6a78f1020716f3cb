/** The features of all examples of a training file: computed where the cache has none, and then read from it. */
import { GlassboxError } from '../../../protocol/messages';
import type { RunOptions } from '../../task/predictRows';
import { FeatureProgram } from '../head/featureProgram';
import type { TrainFeatures } from '../trainingSet';
import { attempt, featureFolder, useFolder } from './cacheFolders';
import type { EncodedExample } from './encodeExample';
import { FeatureCache } from './featureCache';
import type { FeatureEntry } from './featureFile';
import { cachedSource } from './featureSource';
import type { ExampleReader } from './readExamples';

/** Examples that are sorted by length together, so that little is padded; by number, so that a run that goes on cuts as one that was not cut off. */
const together = 1024;
/** What is computed between two looks at the clock: tokens of a forward pass, about a second on a desktop. */
const operations = { cpu: 1e11, webgpu: 1e12 };
const tokens = { least: 512, most: 8192 };
/** Written after so many milliseconds, or so many bytes. */
const flushed = { after: 1000, bytes: 1 << 25 };
/** Bytes of features that are kept in memory once they were read. */
const mostInMemory = 1 << 28;

export interface FeatureOptions {
  readonly cacheDir: string;
  readonly inMemory?: number;
}

/**
 * Blocks of the source come from memory where all features have at most `inMemory` bytes (by default 256 MB), else from disk each time.
 * Throws GlassboxError: 'cancelled', 'unsupported' for a model without a last linear map, 'bad-input' where the file was changed or the
 * folder cannot be written.
 */
export async function trainFeatures(
  reader: ExampleReader,
  { cacheDir, inMemory = mostInMemory }: FeatureOptions,
  { signal, progress }: RunOptions,
): Promise<{ features: TrainFeatures; cache: FeatureCache }> {
  await reader.check();
  const program = await FeatureProgram.of(reader.model);
  const folder = await useFolder(cacheDir, await featureFolder(program));
  const { width } = program.place.head;
  const cache = await FeatureCache.open(folder, reader.table, width, signal);
  try {
    const missing = missingIn(reader, cache);
    const filling = new Filling(reader, program, cache, cacheDir);
    const { count } = reader.table;
    await filling.fill(missing, {
      ...(signal && { signal }),
      progress: ({ done }) => {
        const ready = count - missing.length + done;
        const says = `Features of ${ready} of ${count} lines`;
        progress?.({ done: ready, total: count, says });
      },
    });
    return { features: featuresOf(reader, cache, missing.length, inMemory), cache };
  } catch (error) {
    cache.close();
    throw error;
  }
}

/** Numbers of examples without features, those with the text of another one included. */
function missingIn(reader: ExampleReader, cache: FeatureCache): number[] {
  const missing: number[] = [];
  for (let number = 0; number < reader.table.count; number++) {
    const found = cache.locate(number);
    if (found) reader.lengths[number] = found.cut ? 2 : 1;
    else missing.push(number);
  }
  return missing;
}

class Filling {
  private readonly entries: FeatureEntry[] = [];
  private readonly pending: Float32Array[] = [];
  private bytes = 0;
  private last = performance.now();

  constructor(
    private readonly reader: ExampleReader,
    private readonly program: FeatureProgram,
    private readonly cache: FeatureCache,
    private readonly cacheDir: string,
  ) {}

  /** What was computed stays, whatever happens. */
  async fill(missing: readonly number[], options: RunOptions): Promise<void> {
    try {
      let done = 0;
      for (const chunk of chunks(missing)) {
        const first = chunk.filter(number => this.cache.firstOf(number) === number);
        await this.fillSome(first, options, more => {
          options.progress?.({ done: done + more, total: missing.length, says: '' });
        });
        done += chunk.length;
      }
    } finally {
      await this.flush();
    }
  }

  private async fillSome(
    numbers: readonly number[],
    { signal }: RunOptions,
    tell: (done: number) => void,
  ): Promise<void> {
    const texts: { number: number; encoded: EncodedExample }[] = [];
    for await (const block of this.reader.encode(numbers, signal)) {
      block.numbers.forEach((number, i) => texts.push({ number, encoded: block.encoded[i]! }));
    }
    const sizeOf = (i: number): number => sorted[i]!.encoded.row.ids.length;
    const sorted = texts.sort((a, b) => a.encoded.row.ids.length - b.encoded.row.ids.length);
    for (let from = 0; from < sorted.length;) {
      let [to, size] = [from + 1, sizeOf(from)];
      while (to < sorted.length && size + sizeOf(to) <= this.tokens) size += sizeOf(to++);
      await this.compute(sorted.slice(from, to), signal);
      from = to;
      tell(to);
    }
  }

  private get tokens(): number {
    const { program } = this;
    const affordable = operations[program.device] / (2 * program.model.about.matrixWeights);
    return Math.min(tokens.most, Math.max(tokens.least, affordable));
  }

  private async compute(
    texts: readonly { number: number; encoded: EncodedExample }[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const positions = texts.map(({ encoded }) => encoded.read?.positions ?? [0]);
    const { features } = await this.program.run(
      texts.map(({ encoded }) => encoded.row),
      { positions, ...(signal && { signal }) },
    );
    for (const { number, encoded } of texts) {
      this.entries.push({
        hash: this.reader.table.hashOf(number),
        rows: encoded.read?.words.length ?? 1,
        cut: encoded.cut,
        words: encoded.read?.words.every((word, row) => word === row)
          ? null
          : (encoded.read?.words ?? null),
      });
    }
    this.pending.push(features);
    this.bytes += features.byteLength;
    const { after, bytes } = flushed;
    if (this.bytes >= bytes || performance.now() - this.last >= after) await this.flush();
  }

  private async flush(): Promise<void> {
    if (this.entries.length > 0) {
      const all = new Float32Array(this.bytes / 4);
      let at = 0;
      for (const some of this.pending) {
        all.set(some, at);
        at += some.length;
      }
      await attempt(this.cacheDir, () => {
        this.cache.append(this.entries, all);
        return Promise.resolve();
      });
    }
    this.entries.length = this.pending.length = this.bytes = 0;
    this.last = performance.now();
  }
}

/** Numbers in groups that depend on nothing but the numbers. */
function* chunks(numbers: readonly number[]): Generator<number[]> {
  let chunk: number[] = [];
  for (const number of numbers) {
    const [last] = chunk.slice(-1);
    if (last !== undefined && Math.floor(last / together) !== Math.floor(number / together)) {
      yield chunk;
      chunk = [];
    }
    chunk.push(number);
  }
  if (chunk.length > 0) yield chunk;
}

function featuresOf(
  reader: ExampleReader,
  cache: FeatureCache,
  computed: number,
  inMemory: number,
): TrainFeatures {
  const { count } = reader.table;
  const starts = new Float64Array(count + 1);
  for (let number = 0; number < count; number++) {
    const found = cache.locate(number);
    if (!found) throw new GlassboxError('internal', 'A line has no features; ask again.');
    reader.lengths[number] = found.cut ? 2 : 1;
    starts[number + 1] = starts[number]! + found.rows;
  }
  const source = cachedSource(reader, cache, starts, inMemory);
  return { source, starts, computed, cached: count - computed };
}
