/** All records of a dataset, one after another, in one reading of the file. */
import { isBlank, startsDocument } from './conllBlock';
import { holdsWords } from './conllRecord';
import { mostLinesOfARecord } from './csvFind';
import { layoutOf, type DatasetCache } from './csvRecord';
import { CsvReading, type Dialect, type FoundRecord } from './csvReading';
import { namesIn, type FieldOptions } from './chooseFields';
import type { DatasetFormat } from './format';
import type { LineSource } from './lineSource';
import { recordAt, type DatasetRecord } from './recordAt';

/** Lines from 0; both belong to the record. */
export interface RecordLines {
  readonly start: number;
  readonly end: number;
}

/**
 * Where each record stands, in order, broken ones too; headers, blank lines, and what else holds no record are left out.
 * Every line is read once. `recordAt` with the same cache then need not look for the record that was given last.
 * Throws GlassboxError 'bad-input' where the beginning of a CSV or TSV file cannot be read.
 */
export function* walkRecords(
  source: LineSource,
  format: DatasetFormat,
  options: FieldOptions & { readonly cache: DatasetCache },
): Generator<RecordLines> {
  if (format === 'conll') yield* sentences(source);
  else if (format === 'csv' || format === 'tsv') yield* rows(source, format, options);
  else yield* lines(source);
}

function* lines(source: LineSource): Generator<RecordLines> {
  for (let line = 0; line < source.lineCount; line++) {
    if (textOf(source, line).trim() !== '') yield { start: line, end: line };
  }
}

/** A line that cannot be read (it is not UTF-8) is part of a record all the same, a broken one. */
function textOf(source: LineSource, line: number): string {
  try {
    return source.line(line);
  } catch {
    return '\ufffd';
  }
}

function* sentences(source: LineSource): Generator<RecordLines> {
  let block: string[] = [];
  for (let line = 0; line <= source.lineCount; line++) {
    const text = line < source.lineCount ? textOf(source, line) : '';
    if (!isBlank(text) && !startsDocument(text)) {
      block.push(text);
      continue;
    }
    if (block.length > 0 && holdsWords(block)) yield { start: line - block.length, end: line - 1 };
    block = [];
  }
}

/**
 * A record that a walk has given, read again without walking; `place` is what the walk said. Cheapest in the order of the file.
 * Throws GlassboxError 'bad-input' as `recordAt`.
 */
export function recordAgain(
  source: LineSource,
  format: DatasetFormat,
  { start, end }: RecordLines,
  { cache, ...fields }: FieldOptions & { readonly cache: DatasetCache },
): DatasetRecord {
  if (format === 'csv' || format === 'tsv') {
    const { columns, dialect } = dialectOf(source, format, fields, cache);
    const reading = new CsvReading(dialect, columns, start);
    for (let line = start; line <= end; line++) {
      const record = reading.next(line, source.line(line));
      if (record) cache.walked = { record: { ...record, start }, dialect };
    }
  }
  return recordAt(source, format, start, { ...fields, cache });
}

/** How all records are read in a walk. */
function dialectOf(
  source: LineSource,
  format: 'csv' | 'tsv',
  options: FieldOptions,
  cache: DatasetCache,
): { readonly firstLine: number; readonly columns: number; readonly dialect: Dialect } {
  const { delimiter, cost, columns, firstLine } = layoutOf(source, format, namesIn(options), cache);
  const quotes = delimiter !== '\t' || cost.quoted <= cost.literal;
  return { firstLine, columns: columns.length, dialect: { delimiter, quotes } };
}

/** A quote that is open for too long, or to the end, is taken back. */
function* rows(
  source: LineSource,
  format: 'csv' | 'tsv',
  options: FieldOptions & { readonly cache: DatasetCache },
): Generator<RecordLines> {
  const { cache } = options;
  const { firstLine, columns, dialect } = dialectOf(source, format, options, cache);
  const begin = (line: number) => new CsvReading(dialect, columns, line);
  const told = (record: FoundRecord, start: number, end: number): RecordLines => {
    cache.walked = { record: { ...record, start }, dialect };
    return { start, end };
  };
  let reading = begin(firstLine);
  let start = firstLine;
  for (let line = firstLine; line < source.lineCount; line++) {
    if (reading.between) start = line;
    const record = reading.next(line, textOf(source, line));
    const tooLong = !record && !reading.between && line - start >= mostLinesOfARecord;
    const unclosed = tooLong || line === source.lineCount - 1 ? reading.end(line) : null;
    if (record) yield told(record, start, line);
    else if (unclosed) {
      // Only its first line is lost: the others are read again, as if the quote were not there.
      yield told(unclosed, start, start);
      line = start;
      reading = begin(line + 1);
    }
  }
}
