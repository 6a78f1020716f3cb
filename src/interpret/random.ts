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
