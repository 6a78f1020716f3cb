/**
 * Random choices that a seed and a text decide alone: mulberry32 (T. Ettinger, public domain), started from a hash of
 * both. So what is drawn for a text does not depend on which other texts stand beside it in a beam.
 */
export class Seeded {
  #state: number;

  /** `seed`: from 0 to 2^32 - 1. The text is hashed by FNV-1a (Fowler, Noll and Vo), of UTF-16 units. */
  constructor(seed: number, text: string) {
    let hash = (0x811c9dc5 ^ seed) >>> 0;
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
    }
    this.#state = hash;
  }

  /** Uniform from 0 to before `n`; `n` from 1. */
  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }

  /** One item of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
