import type { Random } from './random';

/**
 * Hands out the items of lists like cards: each item once in random order before any comes again.
 * So every phrase is used about as often as its neighbours, and none is left out by chance.
 */
export class Dealer {
  readonly #random: Random;
  readonly #decks = new Map<readonly unknown[], unknown[]>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** The next item of a list that `allowed` takes; passed-over items stay on top. */
  deal<T>(list: readonly T[], allowed: (item: T) => boolean = () => true): T {
    for (let round = 0; round < 2; round++) {
      const deck = (this.#decks.get(list) ?? []) as T[];
      const at = deck.findLastIndex(allowed);
      if (at >= 0) return deck.splice(at, 1)[0]!;
      // What was passed over comes first in the next round.
      this.#decks.set(list, [...this.#random.shuffle(list), ...deck]);
    }
    throw new Error('Nothing on the list is allowed.');
  }
}
