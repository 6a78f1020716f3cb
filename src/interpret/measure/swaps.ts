/** Small changes of a text that keep all its tokens in their places: one is swapped for its nearest neighbour. */
import type { Model } from '../../model/model';
import { Seeded } from '../random';
import type { ReadText } from '../task/readText';
import { WordNeighbours } from './wordNeighbours';

/** A token of the text, and the id that stands in its place. */
export interface Swap {
  readonly token: number;
  readonly id: number;
}

/**
 * Up to `samples` swaps of one of `tokens` each, in a seeded order: all tokens once before one is swapped again, then for its second
 * nearest neighbour, and so on.
 */
export async function swapsOf(
  model: Model,
  { hand }: ReadText,
  tokens: readonly number[],
  { samples, seed }: { readonly samples: number; readonly seed: number },
  signal: AbortSignal | undefined,
): Promise<Swap[]> {
  const neighbours = await WordNeighbours.of(model);
  if (!neighbours) return [];
  const random = new Seeded(seed, `swaps ${hand.ids.join(' ')}`);
  const drawn = tokens.map(token => ({ token, at: random.next() }));
  const order = drawn.sort((a, b) => a.at - b.at).map(({ token }) => token);
  const swaps: Swap[] = [];
  // A search goes through the whole vocabulary, so only as many words are looked up as are swapped.
  for (let round = 0; swaps.length < samples; round++) {
    const before = swaps.length;
    for (const token of order) {
      if (swaps.length === samples) break;
      const id = (await neighbours.near(hand.ids[token]!, signal))[round];
      if (id !== undefined) swaps.push({ token, id });
    }
    if (swaps.length === before) break;
  }
  return swaps;
}

/** The text with the swap, not read by the model yet: its outputs are still those of the text itself. */
export function swapped(read: ReadText, { token, id }: Swap): ReadText {
  const { hand } = read;
  const put = (ids: readonly number[], at: number): number[] =>
    ids.map((old, place) => (place === at ? id : old));
  const windows = hand.windows.map(window => {
    const at = window.tokens.indexOf(token);
    return at < 0 ? window : { ...window, row: { ...window.row, ids: put(window.row.ids, at) } };
  });
  const text = hand.tokenizer?.tokenOf(id) ?? String(id);
  const tokens = hand.tokens.map((one, place) => (place === token ? { ...one, text } : one));
  return { ...read, hand: { ...hand, ids: put(hand.ids, token), tokens, windows } };
}
