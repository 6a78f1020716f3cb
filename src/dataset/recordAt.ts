import { chooseFields, type FieldOptions } from './chooseFields';
import { complaint, refuseNul } from './complaint';
import { csvRecord, DatasetCache } from './csvRecord';
import { makeField, type Field } from './field';
import type { DatasetFormat } from './format';
import { jsonRecord } from './jsonRecord';
import { writtenLines, type LineSource } from './lineSource';

/** One record of a dataset. Lines count from 0; both ends belong to the record. */
export interface DatasetRecord {
  readonly startLine: number;
  readonly endLine: number;
  readonly fields: readonly Field[];
  readonly text: Field;
  readonly label: Field | null;
}

export interface RecordOptions extends FieldOptions {
  /** Makes the next records of the same version of a CSV or TSV file cheaper. */
  readonly cache?: DatasetCache;
}

/**
 * The record that a line of a dataset belongs to. Only the neighbourhood of the line is read (and the beginning of a
 * CSV or TSV file, for its header), so the last line of a long file costs what the first costs.
 *
 * JSONL: an object or a bare string a line. CSV, TSV: RFC 4180, records over several lines; see csvLayout.ts for header and
 * delimiter, csvFind.ts for how the record is found. Plain text: a line is a text without a label.
 * @param line counts from 0.
 * @throws GlassboxError 'bad-input': one sentence with file, line (from 1) and the way out.
 */
export function recordAt(
  source: LineSource,
  format: DatasetFormat,
  line: number,
  options: RecordOptions = {},
): DatasetRecord {
  const { guessed, ...record } = readRecord(source, format, line, options);
  const chosen = chooseFields(source, line, record.fields, {
    textField: isSet(options.textField) ? options.textField : guessed?.text,
    labelField: isSet(options.labelField) ? options.labelField : guessed?.label,
  });
  return { ...record, ...chosen };
}

/**
 * The fields of a record that can be its text or its label, for a person to choose from.
 * @throws GlassboxError as `recordAt`, except for fields that cannot be inferred.
 */
export function listFields(
  source: LineSource,
  format: DatasetFormat,
  line: number,
  options: RecordOptions = {},
): Field[] {
  const { fields } = readRecord(source, format, line, options);
  return fields.filter(field => field.type !== 'object' && field.type !== 'list');
}

interface ReadRecord {
  readonly startLine: number;
  readonly endLine: number;
  readonly fields: readonly Field[];
  readonly guessed?: { readonly text: string | undefined; readonly label: string | undefined };
}

function readRecord(
  source: LineSource,
  format: DatasetFormat,
  line: number,
  options: RecordOptions,
): ReadRecord {
  refuseMissingLine(source, line);
  if (format === 'csv' || format === 'tsv') {
    const names = [options.textField, options.labelField].filter(isSet);
    return csvRecord(source, format, line, names, options.cache ?? new DatasetCache());
  }
  const text = source.line(line);
  refuseNul(source, line, text);
  if (text.trim() === '') {
    throw complaint(source, line, 'the line is empty. Choose a line with a record.');
  }
  const fields = format === 'jsonl' ? jsonRecord(source, line, text) : [plainText(line, text)];
  return { startLine: line, endLine: line, fields };
}

/** An empty setting is as good as none. */
function isSet(name: string | undefined): name is string {
  return name !== undefined && name !== '';
}

function refuseMissingLine(source: LineSource, line: number): void {
  if (!Number.isInteger(line) || line < 0) {
    throw complaint(source, line, 'there is no such line; lines are counted from 1.');
  }
  if (line >= source.lineCount || (line === 0 && source.line(0) === '' && source.lineCount === 1)) {
    const count = writtenLines(source);
    const has =
      count === 0 ? 'is empty' : count === 1 ? 'has only one line' : `has only ${count} lines`;
    throw complaint(source, line, `there is no such line, the file ${has}. Choose another line.`);
  }
}

function plainText(line: number, text: string): Field {
  return makeField('', 'string', text, () => ({
    raw: text,
    start: { line, character: 0 },
    escapes: null,
  }));
}
