import { open, stat, type FileHandle } from 'node:fs/promises';
import { readSync } from 'node:fs';
import { basename } from 'node:path';
import { GlassboxError } from '../protocol/messages';
import { complaint } from './complaint';
import type { LineSource } from './lineSource';

/** Lines of a file on disk; close it when done. */
export interface FileLines extends LineSource {
  close(): Promise<void>;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
/** Bytes read at once while the line starts are looked for. */
const chunkSize = 1 << 20;
/** Bytes read at once when a line is asked for: its neighbours are usually asked for next. */
const blockSize = 1 << 16;
/** A line that is longer is not made into a string. */
const longestLine = 1 << 28;

/**
 * Opens a UTF-8 file. Its bytes are walked once for line breaks (\n, \r\n, \r, as editors do), in chunks and
 * without decoding; afterwards single lines are read from disk.
 * Throws GlassboxError: 'bad-input' when it cannot be read or is not text, 'cancelled' after `signal`.
 */
export async function openFileLines(
  path: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<FileLines> {
  const name = basename(path);
  const file = await openForReading(path, name);
  try {
    const starts = await findLineStarts(file, name, options.signal);
    return new IndexedFile(name, file, starts);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openForReading(path: string, name: string): Promise<FileHandle> {
  try {
    // Asked before it is opened: opening a named pipe waits until somebody writes into it.
    if ((await stat(path)).isFile()) {
      return await open(path, 'r');
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = code === 'ENOENT' ? 'there is no such file' : code || String(error);
    throw new GlassboxError('bad-input', `${name} cannot be read: ${why}. Check the path: ${path}`);
  }
  throw new GlassboxError('bad-input', `${name} is not a file. Name a dataset file in it.`);
}

/** Byte offsets at which lines start, with the size of the file as the last entry. */
class LineStarts {
  private offsets = new Float64Array(1024);
  length = 0;

  push(offset: number): void {
    if (this.length === this.offsets.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.offsets);
      this.offsets = larger;
    }
    this.offsets[this.length++] = offset;
  }

  at(index: number): number {
    return this.offsets[index]!;
  }
}

async function findLineStarts(
  file: FileHandle,
  name: string,
  signal: AbortSignal | undefined,
): Promise<LineStarts> {
  const starts = new LineStarts();
  const chunk = Buffer.alloc(chunkSize);
  let size = 0;
  let afterReturn = false;
  for (;;) {
    if (signal?.aborted) {
      throw new GlassboxError('cancelled', `Reading ${name} was cancelled.`);
    }
    const { bytesRead } = await file.read(chunk, 0, chunkSize, size);
    if (size === 0) {
      starts.push(beginningOfText(chunk.subarray(0, bytesRead), name));
    }
    if (bytesRead === 0) {
      break;
    }
    for (let i = 0; i < bytesRead; i++) {
      const byte = chunk[i]!;
      if (afterReturn && byte !== newline) {
        starts.push(size + i);
      }
      afterReturn = byte === carriageReturn;
      if (byte === newline) {
        starts.push(size + i + 1);
      }
    }
    size += bytesRead;
  }
  if (afterReturn) {
    starts.push(size);
  }
  starts.push(size);
  return starts;
}

/** Length of the byte order mark, if there is one. Throws for UTF-16 and for files that are not text. */
function beginningOfText(head: Buffer, name: string): number {
  const mark = head.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') {
    throw new GlassboxError('bad-input', `${name} is UTF-16 text. Save it as UTF-8.`);
  }
  if (head.subarray(0, 8192).includes(0)) {
    throw new GlassboxError(
      'bad-input',
      `${name} is not a text file (it has NUL bytes). Choose a dataset in JSONL, CSV, TSV or plain text.`,
    );
  }
  return head.subarray(0, 3).toString('hex') === 'efbbbf' ? 3 : 0;
}

class IndexedFile implements FileLines {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private block = Buffer.alloc(0);
  private blockStart = 0;

  constructor(
    readonly name: string,
    private readonly file: FileHandle,
    private readonly starts: LineStarts,
  ) {}

  get lineCount(): number {
    return this.starts.length - 1;
  }

  line(index: number): string {
    if (!(index >= 0 && index < this.lineCount)) {
      throw new RangeError(`no line ${index} in ${this.name}`);
    }
    const bytes = this.bytes(index, this.starts.at(index), this.starts.at(index + 1));
    let end = bytes.length;
    if (end > 0 && bytes[end - 1] === newline) {
      end--;
    }
    if (end > 0 && bytes[end - 1] === carriageReturn) {
      end--;
    }
    try {
      return this.decoder.decode(bytes.subarray(0, end));
    } catch {
      throw complaint(this, index, 'the bytes are not UTF-8 text. Save the file as UTF-8.');
    }
  }

  private bytes(line: number, from: number, to: number): Buffer {
    if (to - from > longestLine) {
      throw complaint(this, line, 'the line is longer than 256 MB. Split the file into records.');
    }
    if (from < this.blockStart || to > this.blockStart + this.block.length) {
      const block = Buffer.alloc(Math.max(to - from, blockSize));
      const length = readSync(this.file.fd, block, 0, block.length, from);
      if (length < to - from) {
        throw complaint(this, line, 'the file became shorter while it was open. Open it again.');
      }
      this.block = block.subarray(0, length);
      this.blockStart = from;
    }
    return this.block.subarray(from - this.blockStart, to - this.blockStart);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
