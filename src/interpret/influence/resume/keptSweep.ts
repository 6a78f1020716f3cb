/**
 * The scores of the lines that are done, in a file that only grows: one record a piece, with a checksum. What a process that was
 * killed, or two at once, leave behind is read as far as it is sound.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Sweep } from '../curvature/lossModel';
import type { SweepParts } from '../curvature/sweepTrain';
import { endings } from './question';
import { bytesOf } from './wholeFile';

/** [first line u32, lines u32], then losses and tangents as f64, then the first bytes of the SHA-256 of all that. */
const [headBytes, sumBytes] = [8, 16];

export class KeptSweep implements SweepParts {
  private constructor(
    private readonly file: string,
    readonly parts: Sweep[],
    public done: number,
  ) {}

  /** `count`: lines of a whole sweep; `size`: lines of each record but the last. */
  static async open(dir: string, key: string, count: number, size: number): Promise<KeptSweep> {
    const file = path.join(dir, key + endings.sweep);
    const kept = new KeptSweep(file, [], 0);
    const handle = await open(file, 'a+');
    try {
      const sound = await kept.read(handle, count, size);
      if (sound < (await handle.stat()).size) await handle.truncate(sound);
    } finally {
      await handle.close();
    }
    return kept;
  }

  async append(part: Sweep): Promise<void> {
    const lines = part.losses.length;
    const head = new Uint8Array(Uint32Array.of(this.done, lines).buffer);
    const record = [head, bytesOf(part.losses), bytesOf(part.tangents)];
    const handle = await open(this.file, 'a');
    try {
      // One call: the system writes the record in one piece, or its beginning.
      await handle.write(Buffer.concat([...record, sumOf(record)]));
    } finally {
      await handle.close();
    }
    this.done += lines;
  }

  /** Reads records until one is missing or broken; returns where the sound ones end. */
  private async read(handle: FileHandle, count: number, size: number): Promise<number> {
    let at = 0;
    while (this.done < count) {
      const head = await bytesAt(handle, at, headBytes);
      if (!head) break;
      const [first, lines] = new Uint32Array(head.buffer) as unknown as [number, number];
      // Another process may have done the same lines: they are there twice.
      if (first > this.done || lines !== Math.min(size, count - first)) break;
      const data = await bytesAt(handle, at + headBytes, 16 * lines);
      const sum = await bytesAt(handle, at + headBytes + 16 * lines, sumBytes);
      if (!data || !sum || Buffer.compare(sum, sumOf([head, data])) !== 0) break;
      at += headBytes + 16 * lines + sumBytes;
      if (first < this.done) continue;
      const numbers = new Float64Array(data.buffer);
      this.parts.push({ losses: numbers.slice(0, lines), tangents: numbers.slice(lines) });
      this.done += lines;
    }
    return at;
  }
}

async function bytesAt(handle: FileHandle, at: number, count: number): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(count);
  const { bytesRead } = await handle.read(bytes, 0, count, at);
  return bytesRead === count ? bytes : null;
}

function sumOf(parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, sumBytes);
}
