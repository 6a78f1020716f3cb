/** How far scores of a method that draws at random would differ with another seed. */
import type { Explanation } from '../src/protocol';

/** In units of the score. */
export interface Spread {
  readonly size: number;
  /** Of several tokens: at most so much, for nothing is known of how they move together. */
  readonly atMost: boolean;
}

export const unsureSays = 'smaller than its spread over seeds';

interface Scored {
  readonly tokens: readonly number[];
  readonly score: number;
  readonly attribution: number;
}

/**
 * The spread of each of `all`, which are normalised together. Standard deviations of a sum, and of a maximum, are at most the
 * sum of those of its terms; of a mean, their mean.
 */
export function spreadsOf(
  all: readonly Scored[],
  { spread, wordScores }: Explanation,
): (Spread | null)[] {
  if (spread === null) return all.map(() => null);
  // The same for all: the most exact one is taken.
  const scale = all.reduce(
    (best, { score, attribution }) =>
      Math.abs(attribution) > best.of
        ? { of: Math.abs(attribution), ratio: Math.abs(score / attribution) }
        : best,
    { of: 0, ratio: 0 },
  ).ratio;
  return all.map(({ tokens }) => {
    const raw = tokens.reduce((sum, token) => sum + (spread[token] ?? Number.NaN), 0);
    const size = (wordScores === 'mean' ? raw / tokens.length : raw) * scale;
    return Number.isFinite(size) ? { size, atMost: tokens.length > 1 } : null;
  });
}

/** Of scores that are shown as one, their sum. */
export function addSpreads(all: readonly (Spread | null)[]): Spread | null {
  const known = all.filter(one => one !== null);
  if (known.length === 0 || known.length < all.length) return null;
  const size = known.reduce((sum, one) => sum + one.size, 0);
  return { size, atMost: known.length > 1 || known.some(({ atMost }) => atMost) };
}

/** Whether the score is smaller than its spread. */
export function isUnsure(score: number, spread: Spread | null): boolean {
  return spread !== null && spread.size > 0 && spread.size > Math.abs(score);
}

/** '\u00b1 0.04', '\u00b1 at most 0.04' */
export function formatSpread({ size, atMost }: Spread): string {
  return `\u00b1 ${atMost ? 'at most ' : ''}${spreadDigits(size)}`;
}

/** A spread that rounds to nothing is still one. */
export function spreadDigits(size: number): string {
  return size > 0 && size < 0.005 ? '<0.01' : size.toFixed(2);
}
