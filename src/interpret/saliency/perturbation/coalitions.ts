/** Random subsets of features. */
import { Seeded, type Random } from '../../random';
import type { TextAtHand } from '../../task/reading';
import type { Coalition } from './removal';

/** What is drawn for a text: the seed and the text decide alone. */
export function randomOf(seed: number, { ids }: TextAtHand): Random {
  return new Seeded(seed, ids.join(' '));
}

/** All but `removed` of `count` features, each such subset as likely. */
export function withoutSome(random: Random, count: number, removed: number): Coalition {
  const standing = new Uint8Array(count).fill(1);
  for (const feature of shuffled(random, count, removed)) standing[feature] = 0;
  return standing;
}

/** The first `wanted` of a random order of the numbers below `count` (Fisher and Yates). */
export function shuffled(random: Random, count: number, wanted = count): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < wanted; i++) {
    const other = i + random.below(count - i);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order.slice(0, wanted);
}

export function complement(standing: Coalition): Coalition {
  return standing.map(entry => 1 - entry);
}
