/** A training set of examples in memory, which counts what is read of it. */
import { FeatureProgram } from '../../src/interpret/influence/head/featureProgram';
import type { FeatureBlock } from '../../src/interpret/influence/head/features';
import { decisionsOf } from '../../src/interpret/influence/decisions';
import type { Example } from '../../src/interpret/influence/curvature/batches';
import type {
  ExampleBlock,
  TrainFeatures,
  TrainingSet,
} from '../../src/interpret/influence/trainingSet';
import type { Model } from '../../src/model/model';
import { GlassboxError } from '../../src/protocol/messages';
import { sourceOf } from './featuresInMemory';

export class MemoryTraining implements TrainingSet {
  readonly file = 'memory.jsonl';
  readonly path = '/memory.jsonl';
  readonly problems = [];
  readonly notes = [];
  readonly sha256: string;
  /** Examples that were handed out. */
  read = 0;
  private readonly kept = new Map<string, Promise<unknown>>();

  constructor(
    readonly model: Model,
    private readonly all: readonly Example[],
    private readonly blockSize = 5,
  ) {
    this.sha256 = JSON.stringify(all);
  }

  get count(): number {
    return this.all.length;
  }

  linesOf(number: number) {
    return { line: number + 1, endLine: number + 1 };
  }

  recordOf(): never {
    throw new Error('No records here.');
  }

  async *examples({
    numbers = [...this.all.keys()],
    signal,
  }: Parameters<TrainingSet['examples']>[0] = {}): AsyncGenerator<ExampleBlock> {
    for (let from = 0; from < numbers.length; from += this.blockSize) {
      await Promise.resolve();
      if (signal?.aborted) throw new GlassboxError('cancelled', 'Reading was cancelled.');
      const some = numbers.slice(from, from + this.blockSize);
      this.read += some.length;
      yield { numbers: some, examples: some.map(number => this.all[number]!) };
    }
  }

  async features(): Promise<TrainFeatures> {
    const { head } = this.model.about;
    const decisions = this.all.map(({ target }) => decisionsOf(head, target));
    const positions = decisions.map(list => list.map(({ position }) => position));
    const program = await FeatureProgram.of(this.model);
    const found = await program.run(
      this.all.map(({ row }) => row),
      { positions },
    );
    const targets = Float64Array.from(decisions.flat().flatMap(({ right }) => [...right]));
    const starts = new Float64Array(this.count + 1);
    decisions.forEach((list, i) => (starts[i + 1] = starts[i]! + list.length));
    const weights = Float64Array.from(decisions.flatMap(list => list.map(() => 1 / list.length)));
    const { rows } = found;
    const plain = sourceOf(found.features, targets, rows, this.blockSize);
    const source = {
      rows,
      *blocks() {
        let first = 0;
        for (const block of plain.blocks() as Iterable<FeatureBlock>) {
          yield { ...block, weights: weights.subarray(first, first + block.rows) };
          first += block.rows;
        }
      },
    };
    return { source, starts, computed: this.count, cached: 0 };
  }

  async keep<T>(name: string, make: () => Promise<T>): Promise<T> {
    const kept = this.kept.get(name) ?? make();
    this.kept.set(name, kept);
    return (await kept) as T;
  }

  summary(): never {
    throw new Error('No summary here.');
  }

  isUnchanged(): Promise<boolean> {
    return Promise.resolve(true);
  }

  release(): Promise<void> {
    return Promise.resolve();
  }
}
