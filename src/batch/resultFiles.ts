/** The two files that an attack on many records writes: JSONL with all of it, one line a record, and a table in CSV beside it. */
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { GlassboxError } from '../protocol/messages';
import { csvHeader, csvRow } from './csvTable';
import type { EarlierRun } from './earlierRun';
import { GrowingResults } from './growingResults';
import { elsewhere, refuseSame, sizeOf, writing } from './outputFile';
import type { RunDataset } from './runDataset';
import type { RunHeader } from './runHeader';
import { attackRunKind, parseRunLine, rowOf, type RunLine } from './runLines';
import type { CountedRow } from './summary';

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
    private readonly jsonl: GrowingResults,
    private readonly csv: FileHandle,
  ) {}

  /**
   * Begins both files, or goes on where the same run was stopped.
   * @param dataset what is attacked; its file is never written.
   * @returns with `done`, the rows of the earlier run.
   * @throws GlassboxError 'bad-input' where the files are something else, or of another run: they stay as they are.
   */
  static async open(
    paths: ResultPaths,
    header: RunHeader,
    dataset: RunDataset,
  ): Promise<{ readonly files: ResultFiles; readonly done: EarlierRun<CountedRow>['done'] }> {
    await refuseSame(paths.csv, dataset.path);
    const { results, done } = await GrowingResults.open({
      path: paths.jsonl,
      header,
      kind: attackRunKind,
      parse: parseDone,
      dataset,
      check: resumed => refuseForeignTable(paths.csv, resumed),
    });
    return await writing(paths.csv, async () => {
      let csv: FileHandle | null = null;
      try {
        csv = await open(paths.csv, 'w');
        // The table follows from the lines, so it is simply written again.
        await csv.appendFile(
          csvHeader + [...done.values()].map(({ kept }) => csvRow(kept)).join(''),
        );
        return { files: new ResultFiles(paths, results, csv), done };
      } catch (error) {
        await csv?.close();
        await results.close();
        throw error;
      }
    });
  }

  /** Returns once the line is on the disk. */
  async append(line: RunLine): Promise<void> {
    await this.jsonl.append(line);
    await writing(this.paths.csv, () => this.csv.appendFile(csvRow(rowOf(line))));
  }

  async close(): Promise<void> {
    await this.jsonl.close();
    await this.csv.close();
  }
}

function parseDone(text: string) {
  const line = parseRunLine(text);
  return line && { line: line.record.line, sha256: line.record.sha256, kept: rowOf(line) };
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
