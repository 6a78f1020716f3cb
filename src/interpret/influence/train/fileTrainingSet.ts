/** A training file that was scanned: numbered examples that are read again whenever they are asked for. */
import { basename } from 'node:path';
import type { DatasetRecord } from '../../../dataset';
import type { Model } from '../../../model/model';
import type { HealthCheck } from '../../../protocol/explanation';
import type { TrainingProblem, TrainingSummary } from '../../../protocol/influence';
import type { RunOptions } from '../../task/predictRows';
import type { ExampleBlock, TrainFeatures, TrainingSet } from '../trainingSet';
import { withTarget } from './encodeExample';
import type { FeatureCache } from './featureCache';
import type { ExampleReader } from './readExamples';
import type { Scan } from './scan';
import { trainFeatures, type FeatureOptions } from './trainFeatures';

export class FileTrainingSet implements TrainingSet {
  readonly model: Model;
  readonly file: string;
  readonly count: number;
  readonly problems: readonly TrainingProblem[];
  readonly sha256: string;
  private ready: { features: TrainFeatures; readonly cache: FeatureCache } | null = null;
  private readonly kept = new Map<string, Promise<unknown>>();

  constructor(
    readonly path: string,
    { problems, sha256, table }: Scan,
    private readonly reader: ExampleReader,
    private readonly cache: FeatureOptions,
  ) {
    this.model = reader.model;
    this.file = basename(path);
    this.count = table.count;
    this.problems = problems;
    this.sha256 = sha256;
  }

  /** So far as texts have been tokenised: a first pass over the file knows of no long ones. */
  get notes(): readonly HealthCheck[] {
    const { lengths, model } = this.reader;
    let [cut, read] = [0, 0];
    for (const length of lengths) {
      if (length === 2) cut++;
      if (length > 0) read++;
    }
    if (cut === 0) return [];
    const { maxTokens } = model.about;
    const says = `${cut} of ${read} training texts are longer than the ${maxTokens} tokens that the model reads; their beginning counts, as in training.`;
    return [{ check: 'train-truncated', ok: false, value: cut, says }];
  }

  linesOf(number: number): { line: number; endLine: number } {
    const { start, end } = this.reader.table.placeOf(number);
    return { line: start + 1, endLine: end + 1 };
  }

  recordOf(number: number): DatasetRecord {
    return this.reader.recordOf(number);
  }

  isUnchanged(): Promise<boolean> {
    return this.reader.isUnchanged();
  }

  async *examples({
    signal,
    numbers = upTo(this.count),
  }: RunOptions & { readonly numbers?: Iterable<number> } = {}): AsyncGenerator<ExampleBlock> {
    const { table } = this.reader;
    for await (const block of this.reader.encode(numbers, signal)) {
      yield {
        numbers: block.numbers,
        examples: block.encoded.map((encoded, i) =>
          withTarget(encoded, table.targetOf(block.numbers[i]!)),
        ),
      };
    }
  }

  /** Asked again, nothing is looked for on disk: `computed` is 0. */
  async features(options: RunOptions = {}): Promise<TrainFeatures> {
    await this.reader.check();
    const { ready } = this;
    if (ready && !ready.cache.isLost) {
      ready.features = { ...ready.features, computed: 0, cached: this.count };
      return ready.features;
    }
    const found = await trainFeatures(this.reader, this.cache, options);
    this.ready?.cache.close();
    this.ready = found;
    return found.features;
  }

  async keep<T>(name: string, make: () => Promise<T>): Promise<T> {
    const kept = this.kept.get(name) as Promise<T> | undefined;
    if (kept) return await kept;
    const making = make();
    this.kept.set(name, making);
    try {
      return await making;
    } catch (error) {
      this.kept.delete(name);
      throw error;
    }
  }

  summary(): TrainingSummary {
    const { file, path, count, problems } = this;
    const { computed, cached } = this.ready?.features ?? { computed: null, cached: null };
    return { file, path, lines: count, problems, computed, cached };
  }

  /** Releases what was kept, where it can be released, and closes the file. */
  async release(): Promise<void> {
    const made = await Promise.allSettled(this.kept.values());
    this.kept.clear();
    for (const result of made) {
      if (result.status === 'fulfilled' && isReleasable(result.value)) await result.value.release();
    }
    this.ready?.cache.close();
    this.ready = null;
    await this.reader.file.lines.close();
  }
}

function* upTo(count: number): Generator<number> {
  for (let number = 0; number < count; number++) yield number;
}

function isReleasable(value: unknown): value is { release(): Promise<void> } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'release' in value &&
    typeof value.release === 'function'
  );
}
