/** The two files that a run writes: JSONL with all of it, one line a record, and a table in CSV beside it. */
import { open, readFile, stat, truncate, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openFileLines } from '../dataset';
import { GlassboxError, reasonOf } from '../protocol/messages';
import { csvHeader, csvRow } from './csvTable';
import { parseHeader, parseRunLine, type RunHeader, type RunLine } from './runLines';

export interface ResultPaths {
  readonly jsonl: string;
  readonly csv: string;
}

/** The CSV that belongs to a JSONL file: 'results.jsonl' and 'results.csv'. */
export function csvBeside(jsonl: string): string {
  return `${jsonl.replace(/\.(?:jsonl|ndjson)$/i, '')}.csv`;
}

const elsewhere = 'choose another file name for the results';

/** Files that are open for more results. */
export class ResultFiles {
  private constructor(
    private readonly paths: ResultPaths,
    private readonly jsonl: FileHandle,
    private readonly csv: FileHandle,
  ) {}

  /**
   * Begins both files, or goes on where the same run was stopped.
   * @param dataset path of the file that is attacked, never written.
   * @param stillFits is told what is done already; throws where that no longer fits the dataset. Nothing is changed before.
   * @returns with `done`, the lines of the earlier run.
   * @throws GlassboxError 'bad-input' where the files are something else, or of another run: they stay as they are.
   */
  static async open(
    paths: ResultPaths,
    header: RunHeader,
    dataset: string,
    stillFits: (done: readonly RunLine[]) => Promise<void>,
  ): Promise<{ readonly files: ResultFiles; readonly done: readonly RunLine[] }> {
    await refuseSame(paths.jsonl, dataset);
    await refuseSame(paths.csv, dataset);
    const before = await readResults(paths.jsonl, header);
    await refuseForeignTable(paths.csv, before !== null);
    const done = before?.lines ?? [];
    if (done.length > 0) await stillFits(done);
    return await writing(paths.jsonl, async () => {
      // Half of a line, from a run that was killed.
      if (before) await truncate(paths.jsonl, before.length);
      const jsonl = await open(paths.jsonl, before ? 'a' : 'ax');
      try {
        const files = new ResultFiles(paths, jsonl, await open(paths.csv, 'w'));
        if (!before || before.length === 0) await files.add(files.jsonl, header);
        // The table follows from the lines, so it is simply written again.
        await files.csv.appendFile(csvHeader + done.map(csvRow).join(''));
        return { files, done };
      } catch (error) {
        await jsonl.close();
        throw error;
      }
    });
  }

  /** Returns once the line is on the disk. */
  async append(line: RunLine): Promise<void> {
    await writing(this.paths.jsonl, () => this.add(this.jsonl, line));
    await writing(this.paths.csv, () => this.csv.appendFile(csvRow(line)));
  }

  async close(): Promise<void> {
    await this.jsonl.close();
    await this.csv.close();
  }

  private async add(file: FileHandle, value: RunHeader | RunLine): Promise<void> {
    await file.appendFile(`${JSON.stringify(value)}\n`);
    await file.datasync();
  }
}

/** What is in the file, up to its last whole line; `length` in bytes. Null where there is no file. */
async function readResults(
  file: string,
  header: RunHeader,
): Promise<{ readonly lines: RunLine[]; readonly length: number } | null> {
  const name = path.basename(file);
  const size = await sizeOf(file);
  if (size === null) return null;
  const length = await wholeLines(file, size);
  const beginning = JSON.stringify({ glassbox: header.glassbox }).slice(0, -1);
  if (length === 0) {
    // Killed before the header was written, or empty; what else has no line break is somebody else's.
    const half = size < 2 ** 20 ? await readFile(file, 'utf8') : null;
    if (half !== null && (beginning.startsWith(half) || half.startsWith(beginning))) {
      return { lines: [], length: 0 };
    }
    throw notResults(name);
  }
  const source = await openFileLines(file);
  try {
    const old = source.line(0).startsWith(beginning) ? parseHeader(source.line(0)) : null;
    if (!old) throw notResults(name);
    refuseOther(name, old, header);
    const lines: RunLine[] = [];
    for (let index = 1; index < source.lineCount - 1; index++) {
      const line = parseRunLine(source.line(index));
      if (!line) {
        throw new GlassboxError(
          'bad-input',
          `${name}, line ${index + 1}: this is no result of an attack; correct the line or ${elsewhere}.`,
        );
      }
      lines.push(line);
    }
    return { lines, length };
  } finally {
    await source.close();
  }
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw notWritten(file, error);
  }
}

/** Bytes up to and with the last line break. */
async function wholeLines(file: string, size: number): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const block = Buffer.alloc(1 << 16);
    for (let end = size; end > 0; end -= block.length) {
      const from = Math.max(0, end - block.length);
      const { bytesRead } = await handle.read(block, 0, end - from, from);
      const at = block.subarray(0, bytesRead).lastIndexOf(0x0a);
      if (at >= 0) return from + at + 1;
    }
    return 0;
  } finally {
    await handle.close();
  }
}

function refuseOther(name: string, old: RunHeader, header: RunHeader): void {
  const refuse = (why: string): never => {
    throw new GlassboxError('bad-input', `${name} holds an attack ${why}; ${elsewhere}.`);
  };
  if (old.dataset !== header.dataset) refuse(`on ${old.dataset}, not on ${header.dataset}`);
  if (old.model_hash !== header.model_hash) refuse(`on another model (${old.model_name})`);
  const differing = differences(old.settings, header.settings);
  if (differing.length > 0) refuse(`with other settings (${differing.join(', ')})`);
}

/** Names of the settings that differ; as JSON has them, without those that are not set. */
function differences(old: object, wanted: object): string[] {
  const plain = (value: object) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
  const one = plain(old);
  const other = plain(wanted);
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap(key => {
    const [a, b] = [one[key], other[key]];
    if (isDeepStrictEqual(a, b)) return [];
    return key === 'options' && a && b ? differences(a, b) : [key];
  });
}

/** A table is written again only where it belongs to results that are gone on with. */
async function refuseForeignTable(csv: string, resumed: boolean): Promise<void> {
  const size = await sizeOf(csv);
  if (size === null) return;
  const handle = await open(csv, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(csvHeader.length), 0);
    const head = buffer.subarray(0, bytesRead).toString('utf8');
    if (resumed && csvHeader.startsWith(head)) return;
  } finally {
    await handle.close();
  }
  throw new GlassboxError(
    'bad-input',
    `${path.basename(csv)} is there already and is not the table of this attack; ${elsewhere}.`,
  );
}

/** By what the names lead to, so that links are seen through. */
async function refuseSame(output: string, dataset: string): Promise<void> {
  const find = (file: string) => stat(file, { bigint: true }).catch(() => null);
  const [one, other] = [await find(output), await find(dataset)];
  const same = one && other ? one.dev === other.dev && one.ino === other.ino : false;
  if (same || path.resolve(output) === path.resolve(dataset)) {
    throw new GlassboxError(
      'bad-input',
      `${path.basename(dataset)} is the dataset itself, which is never written; ${elsewhere}.`,
    );
  }
}

function notResults(name: string): GlassboxError {
  return new GlassboxError(
    'bad-input',
    `${name} is there already and holds no results of an attack; ${elsewhere}.`,
  );
}

async function writing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof GlassboxError ? error : notWritten(file, error);
  }
}

function notWritten(file: string, error: unknown): GlassboxError {
  return new GlassboxError(
    'bad-input',
    `The results cannot be written to ${file} (${codeOf(error) ?? reasonOf(error)}); ${elsewhere}.`,
  );
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}
