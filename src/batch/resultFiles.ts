/** The two files that a run writes: JSONL with all of it, one line a record, and a table in CSV beside it. */
import { open, truncate, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { GlassboxError } from '../protocol/messages';
import { csvHeader, csvRow } from './csvTable';
import { readEarlierRun, type EarlierRun } from './earlierRun';
import { elsewhere, refuseSame, sizeOf, writing } from './outputFile';
import { rowOf, type RunHeader, type RunLine } from './runLines';

export interface ResultPaths {
  readonly jsonl: string;
  readonly csv: string;
}

/** The CSV that belongs to a JSONL file: 'results.jsonl' and 'results.csv'. */
export function csvBeside(jsonl: string): string {
  return `${jsonl.replace(/\.(?:jsonl|ndjson)$/i, '')}.csv`;
}

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
   * @returns with `done`, the records of the earlier run.
   * @throws GlassboxError 'bad-input' where the files are something else, or of another run: they stay as they are.
   */
  static async open(
    paths: ResultPaths,
    header: RunHeader,
    dataset: string,
    stillFits: (done: EarlierRun['done']) => Promise<void>,
  ): Promise<{ readonly files: ResultFiles; readonly done: EarlierRun['done'] }> {
    await refuseSame(paths.jsonl, dataset);
    await refuseSame(paths.csv, dataset);
    return await writing(paths.jsonl, async () => {
      const before = await readEarlierRun(paths.jsonl, header);
      await refuseForeignTable(paths.csv, before !== null);
      const done = before?.done ?? new Map<never, never>();
      if (done.size > 0) await stillFits(done);
      if (before) await truncate(paths.jsonl, before.length);
      const jsonl = await open(paths.jsonl, before ? 'a' : 'ax');
      try {
        const files = new ResultFiles(paths, jsonl, await open(paths.csv, 'w'));
        if (!before || before.length === 0) await files.add(files.jsonl, header);
        // The table follows from the lines, so it is simply written again.
        await files.csv.appendFile(
          csvHeader + [...done.values()].map(({ counted }) => csvRow(counted)).join(''),
        );
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
    await writing(this.paths.csv, () => this.csv.appendFile(csvRow(rowOf(line))));
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
