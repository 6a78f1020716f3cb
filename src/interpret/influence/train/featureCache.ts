/**
 * The features of texts on disk, found by the hash of a text. A folder holds files of blocks (featureFile.ts); every process appends to a file of
 * its own, so that none disturbs another, and reads those of all.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { GlassboxError } from '../../../protocol/messages';
import { pauser } from '../../pause';
import { blockAt, blockOf, isWhole, type FeatureEntry, type ReadAt } from './featureFile';
import { HashIndex } from './hashIndex';
import type { RecordTable } from './recordTable';

const ending = '.features';
/** Rows that lie nearer together than this are read in one piece, of at most so many bytes. */
const piece = { gap: 1 << 16, bytes: 1 << 24 };

/** What is known of a text's rows. */
export interface Located {
  readonly rows: number;
  readonly cut: boolean;
}

export class FeatureCache {
  /** A file became shorter while it was used: open the cache again. */
  isLost = false;
  private readonly files: number[] = [];
  private readonly index: HashIndex;
  /** By number of a record, the first one of its text: the file that holds its rows (-1: none), and where. */
  private readonly fileOf: Int32Array;
  private readonly offsetOf: Float64Array;
  private readonly rowsOf: Int32Array;
  private readonly cutOf: Uint8Array;
  /** Of a tagger: the words of the rows, where they are not the first ones one after another. */
  private readonly wordsOf = new Map<number, readonly number[]>();
  private own: { file: number; number: number; size: number } | null = null;

  private constructor(
    private readonly folder: string,
    private readonly table: RecordTable,
    readonly width: number,
  ) {
    this.index = new HashIndex(table.hashes);
    this.fileOf = new Int32Array(table.count).fill(-1);
    this.offsetOf = new Float64Array(table.count);
    this.rowsOf = new Int32Array(table.count);
    this.cutOf = new Uint8Array(table.count);
  }

  /** Looks for the features of a table's records, and checks what it finds: blocks with damaged rows are left out. */
  static async open(
    folder: string,
    table: RecordTable,
    width: number,
    signal?: AbortSignal,
  ): Promise<FeatureCache> {
    const cache = new FeatureCache(folder, table, width);
    try {
      const names = (await readdir(folder)).filter(name => name.endsWith(ending)).sort();
      for (const name of names) await cache.readFile(path.join(folder, name), signal);
      return cache;
    } catch (error) {
      cache.close();
      throw error;
    }
  }

  /** The first record with the same text. */
  firstOf(number: number): number {
    return this.index.find(this.table.hashOf(number));
  }

  /** Null where there are no features of it. */
  locate(number: number): Located | null {
    const first = this.firstOf(number);
    if (this.fileOf[first] === -1) return null;
    return { rows: this.rowsOf[first]!, cut: this.cutOf[first] === 1 };
  }

  /** Of a tagger: the word that a row of a record stands for. */
  wordAt(number: number, row: number): number {
    return this.wordsOf.get(this.firstOf(number))?.[row] ?? row;
  }

  /** Appends a block; `features` [rows, width] of the entries one after another. Throws as the file system does. */
  append(entries: readonly FeatureEntry[], features: Float32Array): void {
    const own = (this.own ??= this.create());
    const block = blockOf(entries, features, this.width);
    for (let done = 0; done < block.length;) {
      done += writeSync(own.file, block, done, block.length - done, own.size + done);
    }
    const found = blockAt(readerOf(own.file), own.size, own.size + block.length, this.width);
    if (!found) throw new GlassboxError('internal', 'Features were not written as they are read.');
    own.size += block.length;
    this.learn(own.number, found.entries, found.dataAt, () => true);
  }

  /**
   * The rows of the records from `first` to before `last`, one after another into `target`. Throws GlassboxError 'bad-input' where the file
   * became shorter.
   */
  read(first: number, last: number, target: Float32Array): void {
    const rowBytes = this.width * 4;
    const parts: Part[] = [];
    let to = 0;
    for (let number = first; number < last; number++) {
      const at = this.firstOf(number);
      const bytes = this.rowsOf[at]! * rowBytes;
      parts.push({ file: this.fileOf[at]!, from: this.offsetOf[at]!, bytes, to });
      to += bytes;
    }
    const into = Buffer.from(target.buffer, target.byteOffset, target.byteLength);
    for (const { file, from, end, parts: some } of merged(parts)) {
      const read = readerOf(this.files[file]!)(from, end - from);
      if (read.length < end - from) {
        this.isLost = true;
        throw lost();
      }
      for (const part of some) {
        read.copy(into, part.to, part.from - from, part.from - from + part.bytes);
      }
    }
  }

  close(): void {
    for (const file of this.files.splice(0)) closeSync(file);
    this.own = null;
  }

  private create(): { file: number; number: number; size: number } {
    const file = openSync(path.join(this.folder, `${randomUUID()}${ending}`), 'wx+');
    return { file, number: this.files.push(file) - 1, size: 0 };
  }

  private async readFile(name: string, signal: AbortSignal | undefined): Promise<void> {
    const file = openSync(name, 'r');
    const number = this.files.push(file) - 1;
    const [read, size] = [readerOf(file), fstatSync(file).size];
    const pause = pauser(signal);
    for (let position = 0; ;) {
      await pause();
      const block = blockAt(read, position, size, this.width);
      if (!block) return;
      let whole: boolean | undefined;
      this.learn(number, block.entries, block.dataAt, () => (whole ??= isWhole(read, block)));
      position = block.dataAt + block.dataBytes;
    }
  }

  /** `isGood`: asked before rows are taken that are not there yet. */
  private learn(
    file: number,
    entries: readonly FeatureEntry[],
    dataAt: number,
    isGood: () => boolean,
  ): void {
    let offset = dataAt;
    for (const { hash, rows, cut, words } of entries) {
      const number = this.index.find(hash);
      if (number !== -1 && this.fileOf[number] === -1 && isGood()) {
        this.fileOf[number] = file;
        this.offsetOf[number] = offset;
        this.rowsOf[number] = rows;
        this.cutOf[number] = Number(cut);
        if (words) this.wordsOf.set(number, words);
      }
      offset += rows * this.width * 4;
    }
  }
}

/** Bytes of a file, and where they go. */
interface Part {
  readonly file: number;
  readonly from: number;
  readonly bytes: number;
  readonly to: number;
}

/** Pieces of files that hold the parts: what lies near together in one. */
function merged(parts: readonly Part[]) {
  const sorted = parts.toSorted((a, b) => a.file - b.file || a.from - b.from);
  const pieces: { file: number; from: number; end: number; parts: Part[] }[] = [];
  for (const part of sorted) {
    const last = pieces.at(-1);
    const end = part.from + part.bytes;
    const near = last?.file === part.file && part.from <= last.end + piece.gap;
    if (last && near && end - last.from <= piece.bytes) {
      last.parts.push(part);
      last.end = Math.max(last.end, end);
    } else pieces.push({ file: part.file, from: part.from, end, parts: [part] });
  }
  return pieces;
}

function readerOf(file: number): ReadAt {
  return (position, bytes) => {
    const buffer = Buffer.allocUnsafe(bytes);
    let done = 0;
    while (done < bytes) {
      const count = readSync(file, buffer, done, bytes - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return buffer.subarray(0, done);
  };
}

function lost(): GlassboxError {
  return new GlassboxError(
    'bad-input',
    'The cache of features was changed while it was used; ask again.',
  );
}
