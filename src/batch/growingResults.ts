/** The JSONL file that a run writes while it goes on: a header, then one line a record; it is gone on with where it was stopped. */
import { open, truncate, type FileHandle } from 'node:fs/promises';
import { readEarlierRun, type EarlierRun, type ParseLine } from './earlierRun';
import { refuseSame, writing } from './outputFile';
import { refuseChanged, type RunDataset } from './runDataset';
import type { RunHeader, RunKind } from './runHeader';

export interface OpeningResults<Kept> {
  readonly path: string;
  readonly header: RunHeader;
  readonly kind: RunKind;
  readonly parse: ParseLine<Kept>;
  readonly dataset: RunDataset;
  /** Throws where something else stands in the way. Nothing was changed before. */
  readonly check?: (resumed: boolean) => Promise<void>;
}

/** A file that is open for more results. */
export class GrowingResults {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /**
   * Begins the file, or goes on where the same run was stopped.
   * @returns with `done`, the records of the earlier run.
   * @throws GlassboxError 'bad-input' where the file is something else, of another run, or of records that have changed: it stays as it is.
   */
  static async open<Kept>({
    path,
    header,
    kind,
    parse,
    dataset,
    check,
  }: OpeningResults<Kept>): Promise<{
    readonly results: GrowingResults;
    readonly done: EarlierRun<Kept>['done'];
  }> {
    await refuseSame(path, dataset.path);
    return await writing(path, async () => {
      const before = await readEarlierRun(path, header, kind, parse);
      const done: EarlierRun<Kept>['done'] = before?.done ?? new Map<never, never>();
      await check?.(before !== null);
      await refuseChanged(dataset, done, kind, path);
      if (before) await truncate(path, before.length);
      const results = new GrowingResults(path, await open(path, before ? 'a' : 'ax'));
      try {
        if (!before || before.length === 0) await results.append(header);
        return { results, done };
      } catch (error) {
        await results.close();
        throw error;
      }
    });
  }

  /** Returns once the line is on the disk. */
  async append(line: object): Promise<void> {
    await this.appendAll([line]);
  }

  /** Returns once the lines are on the disk. */
  async appendAll(lines: readonly object[]): Promise<void> {
    await writing(this.path, async () => {
      await this.file.appendFile(lines.map(line => `${JSON.stringify(line)}\n`).join(''));
      await this.file.datasync();
    });
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
