/**
 * Random choices that a seed and a text decide alone, so that what is drawn for a text does not depend on which other texts
 * stand beside it in a beam.
 */
import { Random } from '../../random';

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
