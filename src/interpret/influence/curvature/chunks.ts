/** Training examples in pieces that depend on their numbers alone, however the file is read; and a random draw of numbers. */
import { Random, Seeded } from '../../random';
import type { RunOptions } from '../../task/predictRows';
import { signalOf } from '../../pause';
import type { TrainingSet } from '../trainingSet';
import type { Example } from './batches';

/** Examples that are in memory at a time: enough for runs of lines of about one length. */
export const chunkSize = 2048;

export interface Chunk {
  /** Place of its first example among those that are gone through. */
  readonly first: number;
  readonly examples: readonly Example[];
}

export interface ChunkOptions extends RunOptions {
  /** Ascending; null: all examples. */
  readonly numbers?: readonly number[] | null;
  /** Places before this one are left out; a multiple of `size`. */
  readonly from?: number;
  readonly size?: number;
}

/** The examples in their order, `size` in each piece but the last. Throws as TrainingSet.examples. */
export async function* chunksOf(
  train: TrainingSet,
  options: ChunkOptions = {},
): AsyncGenerator<Chunk> {
  const { numbers = null, from = 0, size = chunkSize } = options;
  const total = numbers?.length ?? train.count;
  if (from >= total) return;
  const rest =
    numbers?.slice(from) ??
    (from > 0 ? Array.from({ length: total - from }, (_, i) => from + i) : null);
  let [first, waiting]: [number, Example[]] = [from, []];
  for await (const block of train.examples({
    ...signalOf(options),
    ...(rest && { numbers: rest }),
  })) {
    waiting.push(...block.examples);
    for (; waiting.length >= size; first += size) {
      yield { first, examples: waiting.slice(0, size) };
      waiting = waiting.slice(size);
    }
  }
  if (waiting.length > 0) yield { first, examples: waiting };
}

/** Some examples at once, in the order of their numbers, which are ascending. */
export async function examplesOf(
  train: TrainingSet,
  numbers: readonly number[],
  options: RunOptions,
): Promise<Example[]> {
  const found: Example[] = [];
  for await (const { examples } of train.examples({ ...signalOf(options), numbers })) {
    found.push(...examples);
  }
  return found;
}

/**
 * `most` of the numbers below `count`, ascending, each subset as likely as another (R. Floyd; Bentley and Floyd 1987); all of them
 * where that is enough.
 */
export function drawNumbers(count: number, most: number, seed: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  const random: Random = new Seeded(seed, 'curvature');
  const drawn = new Set<number>();
  for (let last = count - most; last < count; last++) {
    const number = random.below(last + 1);
    drawn.add(drawn.has(number) ? last : number);
  }
  return [...drawn].sort((a, b) => a - b);
}
