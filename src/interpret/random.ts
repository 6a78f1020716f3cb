/**
 * A seeded generator of random numbers: mulberry32 (T. Ettinger, public domain). The same seed gives the same numbers on every
 * machine.
 */
export class Random {
  #state: number;

  /** `seed`: its lowest 32 bits count. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Uniform integer in [0, n); `n` from 1. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** One item of a list. Throws a RangeError where it is empty. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('Cannot pick from an empty list.');
    return list[this.below(list.length)]!;
  }
}

/**
 * Random choices that a seed and a text decide alone, so that what is drawn for one purpose does not depend on what was drawn for
 * another.
 */
export class Seeded extends Random {
  /** `seed`: from 0 to 2^32 - 1. The text is hashed by FNV-1a (Fowler, Noll and Vo), of UTF-16 units. */
  constructor(seed: number, text: string) {
    let hash = (0x811c9dc5 ^ seed) >>> 0;
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
    }
    super(hash);
  }
}
