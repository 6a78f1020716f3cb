/** Finds records by the hash of their text; four to eight bytes a record. */
import { hashBytes } from './recordTable';

export class HashIndex {
  private readonly slots: Int32Array;

  /** `hashes`: [count, hashBytes]. Of several with one hash the first is found. */
  constructor(private readonly hashes: Uint8Array) {
    const count = hashes.length / hashBytes;
    // At least half of the slots stay empty.
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 2))).fill(-1);
    for (let number = 0; number < count; number++) {
      const slot = this.slotOf(hashes, number * hashBytes);
      if (this.slots[slot] === -1) this.slots[slot] = number;
    }
  }

  /** The first record with this hash; -1 where there is none. */
  find(hash: Uint8Array): number {
    return this.slots[this.slotOf(hash, 0)]!;
  }

  /** Where it stands, or would. The hashes are random themselves. */
  private slotOf(bytes: Uint8Array, at: number): number {
    const mask = this.slots.length - 1;
    const start =
      bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    for (let slot = start & mask; ; slot = (slot + 1) & mask) {
      const found = this.slots[slot]!;
      if (found === -1 || this.same(found * hashBytes, bytes, at)) return slot;
    }
  }

  private same(own: number, bytes: Uint8Array, at: number): boolean {
    for (let i = 0; i < hashBytes; i++) if (this.hashes[own + i] !== bytes[at + i]) return false;
    return true;
  }
}
