/** The dataset of a run over many records, and what is refused about it. */
import path from 'node:path';
import type { DatasetFormat, FieldOptions, LineSource } from '../dataset';
import { countRecords, readRecords } from '../dataset/records';
import { GlassboxError } from '../protocol/messages';
import type { EarlierRun } from './earlierRun';
import type { RunKind } from './runHeader';

export interface RunDataset {
  /** As results shall name it: its path, or a part of that. */
  readonly file: string;
  /** Where it lies on disk. */
  readonly path: string;
  /** Must not change while the run goes on. */
  readonly source: LineSource;
  readonly format: DatasetFormat;
  readonly fields?: FieldOptions;
  /** Lines from 0; null or absent: all. */
  readonly lines?: readonly number[] | null;
}

/** Where a record stands, as results say it. */
export interface RunPlace {
  readonly file: string;
  /** The line on which it starts, from 1. */
  readonly line: number;
  /** Of its text; '' for plain text. */
  readonly field: string;
  /** Of the record's lines as they stood in the file (records.ts); null where they could not be read. */
  readonly sha256: string | null;
}

/** Throws GlassboxError 'bad-input' where there is none, 'cancelled'. */
export async function countRecordsOf(
  { source, format, fields = {}, lines = null }: RunDataset,
  signal: AbortSignal | undefined,
): Promise<number> {
  const total = await countRecords(source, format, { fields, lines, signal });
  if (total > 0) return total;
  const where = lines ? `the chosen lines of ${source.name}` : source.name;
  throw new GlassboxError('bad-input', `There is no record in ${where}; choose lines with text.`);
}

/** Throws GlassboxError 'bad-input' where a record that is done already is no longer what it was. `results`: base name of the file with the results. */
export async function refuseChanged<Kept>(
  { source, format, fields = {}, lines = null }: RunDataset,
  done: EarlierRun<Kept>['done'],
  { past }: RunKind,
  results: string,
): Promise<void> {
  const left = new Map(done);
  if (left.size === 0) return;
  for await (const { start, sha256 } of readRecords(source, format, { fields, lines })) {
    const before = left.get(start + 1);
    if (before && before.sha256 !== sha256) throw changed(start + 1);
    left.delete(start + 1);
    if (left.size === 0) return;
  }
  const [missing] = left.keys();
  if (missing !== undefined) throw changed(missing);

  function changed(line: number): GlassboxError {
    return new GlassboxError(
      'bad-input',
      `${source.name}, line ${line}, was changed after it was ${past}, so the results in ${path.basename(results)} do not fit any more; choose another file name for the results.`,
    );
  }
}
