/** The records of a dataset, one after another: all of them, or those of chosen lines. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { GlassboxError } from '../protocol/messages';
import type { FieldOptions } from './chooseFields';
import { DatasetCache } from './csvRecord';
import type { DatasetFormat } from './format';
import type { LineSource } from './lineSource';
import { recordAt, type DatasetRecord } from './recordAt';
import { walkRecords } from './walkRecords';

export interface RecordsOptions {
  readonly fields?: FieldOptions;
  /** Lines from 0, in any order: only records that stand on one of them; null or absent: all. */
  readonly lines?: readonly number[] | null;
  readonly signal?: AbortSignal | undefined;
}

/** Where a record stands. */
export interface BatchRecord {
  /** Lines from 0; both belong to the record. */
  readonly start: number;
  readonly end: number;
  /**
   * SHA-256 (hexadecimal) of its lines as they stand in the file, as UTF-8 with '\n' between them; null where they
   * cannot be read.
   */
  readonly sha256: string | null;
  /**
   * Cheapest before the next one is asked for.
   * Throws GlassboxError 'bad-input' for a broken record: one sentence with file, line and the way out.
   */
  readonly read: () => DatasetRecord;
}

/** So many records are walked over before others get their turn. */
const slice = 500;

/**
 * Reads every line of the file once, in order. Headers and blank lines are no records; a broken record is one, which
 * cannot be read. Throws GlassboxError 'cancelled', and 'bad-input' where the beginning of a CSV or TSV file cannot be read.
 */
export async function* readRecords(
  source: LineSource,
  format: DatasetFormat,
  options: RecordsOptions = {},
): AsyncGenerator<BatchRecord> {
  const cache = new DatasetCache();
  for await (const { start, end } of walk(source, format, options, cache)) {
    yield {
      start,
      end,
      sha256: hashOf(source, start, end),
      read: () => recordAt(source, format, start, { ...options.fields, cache }),
    };
  }
}

/** How many records `readRecords` gives. */
export async function countRecords(
  source: LineSource,
  format: DatasetFormat,
  options: RecordsOptions = {},
): Promise<number> {
  const places = walk(source, format, options, new DatasetCache());
  let count = 0;
  while (!(await places.next()).done) count++;
  return count;
}

async function* walk(
  source: LineSource,
  format: DatasetFormat,
  { fields = {}, lines = null, signal }: RecordsOptions,
  cache: DatasetCache,
) {
  const wanted = lines && [...lines].sort((a, b) => a - b);
  let next = 0;
  let walked = 0;
  for (const place of walkRecords(source, format, { ...fields, cache })) {
    if (++walked % slice === 0) await setImmediate();
    if (signal?.aborted) {
      throw new GlassboxError('cancelled', `Reading ${source.name} was cancelled.`);
    }
    if (wanted) {
      while (next < wanted.length && wanted[next]! < place.start) next++;
      if (next === wanted.length) return;
      if (wanted[next]! > place.end) continue;
    }
    yield place;
  }
}

function hashOf(source: LineSource, start: number, end: number): string | null {
  const hash = createHash('sha256');
  try {
    for (let line = start; line <= end; line++) {
      hash.update(line === start ? source.line(line) : `\n${source.line(line)}`);
    }
  } catch {
    return null;
  }
  return hash.digest('hex');
}
