import type { Random } from './random';
import type { Batch } from './trainingGraph';

/** A review as the network reads it. */
export interface Example {
  readonly ids: readonly number[];
  /** Index into the labels. */
  readonly label: number;
}

export interface BatchOptions {
  readonly size: number;
  readonly labels: number;
  readonly padId: number;
  /** Part of the target that goes to all labels alike (label smoothing, Szegedy et al. 2016). */
  readonly smoothing?: number;
  readonly wordDropout?: WordDropout;
}

/** Replaces words by one of `substitutes` while training, each id with its own probability. */
export interface WordDropout {
  readonly substitutes: readonly number[];
  readonly chances: ReadonlyMap<number, number>;
}

/**
 * Rare words are dropped more often: a word that occurs n times with probability min(`most`, `times` / n).
 * So no review can be learned by heart from a word that only it has, and "not" is nearly always there.
 */
export function dropChances(
  examples: readonly Example[],
  { times, most }: { times: number; most: number },
): Map<number, number> {
  const chances = new Map<number, number>();
  // The first and the last token are [CLS] and [SEP]; they always stay.
  for (const { ids } of examples) {
    for (const id of ids.slice(1, -1)) chances.set(id, (chances.get(id) ?? 0) + 1);
  }
  for (const [id, count] of chances) chances.set(id, Math.min(most, times / count));
  return chances;
}

/** Batches of one epoch in random order, each of reviews of about the same length. */
export function epochBatches(
  examples: readonly Example[],
  random: Random,
  options: BatchOptions,
): Batch[] {
  // Lengths are blurred by a few tokens, so that an epoch does not repeat the batches of the one before.
  const blurred = random
    .shuffle(examples)
    .map(example => ({ example, key: example.ids.length + 4 * random.next() }))
    .sort((a, b) => a.key - b.key);
  const chunks: Example[][] = [];
  for (let i = 0; i < blurred.length; i += options.size) {
    chunks.push(blurred.slice(i, i + options.size).map(({ example }) => example));
  }
  return random.shuffle(chunks).map(chunk => toBatch(chunk, options, random));
}

/** Pads some reviews to one length. */
export function toBatch(
  examples: readonly Example[],
  options: Omit<BatchOptions, 'size'>,
  random?: Random,
): Batch {
  const { labels, padId, smoothing = 0, wordDropout } = options;
  const batch = examples.length;
  const length = Math.max(...examples.map(({ ids }) => ids.length));
  const ids = new BigInt64Array(batch * length).fill(BigInt(padId));
  const mask = new BigInt64Array(batch * length);
  const targets = new Float32Array(batch * labels).fill(smoothing / labels);
  const read = (id: number): number => {
    if (wordDropout === undefined || random === undefined) return id;
    const dropped = random.chance(wordDropout.chances.get(id) ?? 0);
    return dropped ? random.pick(wordDropout.substitutes) : id;
  };
  for (const [row, example] of examples.entries()) {
    for (const [column, id] of example.ids.entries()) {
      ids[row * length + column] = BigInt(read(id));
      mask[row * length + column] = 1n;
    }
    targets[row * labels + example.label]! += 1 - smoothing;
  }
  return { batch, length, ids, mask, targets };
}

/** A dropout mask (Srivastava et al. 2014): 0 with this probability, else 1 / (1 - probability). */
export function dropoutMask(random: Random, count: number, probability: number): Float32Array {
  const mask = new Float32Array(count);
  const kept = 1 / (1 - probability);
  for (let i = 0; i < count; i++) mask[i] = random.next() < probability ? 0 : kept;
  return mask;
}
