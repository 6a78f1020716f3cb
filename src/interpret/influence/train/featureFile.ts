/**
 * A file of features: blocks that are only ever appended. Each block checks itself, so that whatever happened to the file (a writer that was
 * killed, a disk that was full, bytes that changed) a block is either read as it was written or not at all.
 *
 * A block is 7 words of 32 bits (magic, width, entries, rows, words, checksum of the data, checksum of all before it and of the entries), the
 * entries (16 bytes of hash, rows, flags), their word numbers (32 bits each), and the rows as float32 [rows, width]; all in the machine's
 * own byte order, of which the magic number is the sign.
 */
import { crc32 } from 'node:zlib';
import { hashBytes } from './recordTable';

export interface FeatureEntry {
  /** Of the text, [hashBytes]. */
  readonly hash: Uint8Array;
  readonly rows: number;
  /** The text is longer than what was read of it. */
  readonly cut: boolean;
  /** Of a tagger: the word that each row stands for; null: one row a word from the first on, or a text. */
  readonly words: readonly number[] | null;
}

const magic = 0x31464247;
const headBytes = 28;
const entryBytes = hashBytes + 8;
const flags = { cut: 1, words: 2 };

/** `features`: the rows of the entries one after another, [rows, width]. */
export function blockOf(
  entries: readonly FeatureEntry[],
  features: Float32Array,
  width: number,
): Buffer {
  const words = entries.flatMap(({ words }) => words ?? []);
  const metaBytes = entries.length * entryBytes + words.length * 4;
  const data = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
  const block = Buffer.alloc(headBytes + metaBytes + data.length);
  const numbers = new Uint32Array(block.buffer, block.byteOffset, (headBytes + metaBytes) / 4);
  entries.forEach((entry, i) => {
    const at = headBytes + i * entryBytes;
    block.set(entry.hash, at);
    numbers[(at + hashBytes) / 4] = entry.rows;
    numbers[(at + hashBytes) / 4 + 1] =
      (entry.cut ? flags.cut : 0) | (entry.words ? flags.words : 0);
  });
  numbers.set(words, (headBytes + entries.length * entryBytes) / 4);
  block.set(data, headBytes + metaBytes);
  const rows = features.length / width;
  numbers.set([magic, width, entries.length, rows, words.length, crc32(data)]);
  numbers[6] = checkOf(block.subarray(0, headBytes + metaBytes));
  return block;
}

/** Of the head's first six words and of what follows the head. */
function checkOf(meta: Buffer): number {
  return crc32(meta.subarray(headBytes), crc32(meta.subarray(0, 24)));
}

/** Where a block has its rows. */
export interface FoundBlock {
  readonly entries: readonly FeatureEntry[];
  /** Bytes in the file. */
  readonly dataAt: number;
  readonly dataBytes: number;
  readonly checksum: number;
}

/** Bytes of a file from `position` on; fewer where it ends. */
export type ReadAt = (position: number, bytes: number) => Buffer;

/** The block at `position` of a file, without its rows; null where there is none that was written whole. */
export function blockAt(
  read: ReadAt,
  position: number,
  fileBytes: number,
  width: number,
): FoundBlock | null {
  const head = read(position, headBytes);
  if (head.length < headBytes) return null;
  const [sign, wide, entryCount, rows, wordCount, checksum, check] = wordsIn(head);
  if (sign !== magic || wide !== width) return null;
  const metaBytes = entryCount! * entryBytes + wordCount! * 4;
  const [dataAt, dataBytes] = [position + headBytes + metaBytes, rows! * width * 4];
  if (dataAt + dataBytes > fileBytes) return null;
  const meta = Buffer.concat([head, read(position + headBytes, metaBytes)]);
  if (meta.length < headBytes + metaBytes || checkOf(meta) !== check) return null;
  return { entries: entriesIn(meta, entryCount!), dataAt, dataBytes, checksum: checksum! };
}

/** Whether the rows of a block are those that were written. */
export function isWhole(read: ReadAt, { dataAt, dataBytes, checksum }: FoundBlock): boolean {
  return crc32(read(dataAt, dataBytes)) === checksum;
}

function entriesIn(meta: Buffer, count: number): FeatureEntry[] {
  const numbers = wordsIn(meta);
  let next = (headBytes + count * entryBytes) / 4;
  return Array.from({ length: count }, (_, i) => {
    const at = headBytes + i * entryBytes;
    const [rows, bits] = numbers.subarray((at + hashBytes) / 4) as unknown as [number, number];
    const words =
      (bits & flags.words) === 0 ? null : Array.from(numbers.subarray(next, (next += rows)));
    const hash = meta.subarray(at, at + hashBytes);
    return { hash, rows, cut: (bits & flags.cut) !== 0, words };
  });
}

function wordsIn(bytes: Buffer): Uint32Array {
  // A copy of its own stands at a multiple of four bytes.
  return new Uint32Array(Uint8Array.from(bytes).buffer);
}
