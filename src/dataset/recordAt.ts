import type { TextRange } from '../protocol/task';
import { findAnswers } from './answers';
import { chooseFields, isSet, namesIn, noField, type FieldOptions } from './chooseFields';
import { complaint, refuseNul } from './complaint';
import { conllRecord } from './conllRecord';
import { csvRecord, DatasetCache } from './csvRecord';
import { makeField, type Field } from './field';
import type { DatasetFormat } from './format';
import { jsonRecord } from './jsonRecord';
import { writtenLines, type LineSource } from './lineSource';
import { rangesOf } from './listField';
import { namesRationale, rationaleIn } from './rationale';

/** One record of a dataset. Lines count from 0; both ends belong to the record. */
export interface DatasetRecord {
  readonly startLine: number;
  readonly endLine: number;
  readonly fields: readonly Field[];
  /** Of a sentence that is cut into words: the words with a blank between them. */
  readonly text: Field;
  /** The second text of a pair; the context of a question. */
  readonly pair: Field | null;
  /** Characters of `text`, as UTF-16 offsets; null where the dataset has not cut the text. */
  readonly words: readonly Word[] | null;
  /** Characters of `pair`: the right answers to the question in `text`. */
  readonly answers: readonly TextRange[];
  /** A label or a list of labels; null where gold is something else, or unknown. */
  readonly label: Field | null;
  /** Characters of `text` that people marked as the reason for the label. */
  readonly rationale: readonly TextRange[];
}

export interface Word extends TextRange {
  /** As the file has it: the name or the index of a tag. */
  readonly tag: string | null;
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
 * delimiter, csvFind.ts for how the record is found. CoNLL: a word a line, a blank line after each sentence. Plain
 * text: a line is a text without a label.
 * @param line counts from 0.
 * @throws GlassboxError 'bad-input': one sentence with file, line (from 1) and the way out.
 */
export function recordAt(
  source: LineSource,
  format: DatasetFormat,
  line: number,
  options: RecordOptions = {},
): DatasetRecord {
  const { guessed, tags, values, ...record } = readRecord(source, format, line, options);
  const chosen = chooseFields(source, line, record.fields, {
    textField: isSet(options.textField) ? options.textField : guessed?.text,
    pairField: options.pairField,
    labelField: isSet(options.labelField) ? options.labelField : guessed?.label,
  });
  const { text, pair, label } = chosen;
  const rationale = namesRationale(record.fields) ? rationaleIn(values(), text) : [];
  if (text.elements) {
    const own = options.labelField === noField ? null : (tags ?? tagsIn(label));
    const words = rangesOf(text.elements).map((range, i) => ({ ...range, tag: own?.[i] ?? null }));
    const tagged = label?.elements ? null : label;
    return { ...record, ...chosen, words, answers: [], label: tagged, rationale };
  }
  const found =
    pair && !isSet(options.labelField) ? findAnswers(besides(pair, values()), pair.value) : null;
  // A label beside a text that is only called the answer is what is asked (yes or no, of BoolQ).
  const asked = found && found.ranges.length > 0 && (found.placed || !label);
  return asked
    ? { ...record, ...chosen, words: null, answers: found.ranges, label: null, rationale }
    : { ...record, ...chosen, words: null, answers: [], rationale };
}

/** The values that stand in the same object as a field. */
function besides(
  { name }: Field,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const outer = values[name.slice(0, Math.max(0, name.lastIndexOf('.')))];
  return typeof outer === 'object' && outer !== null && !(name in values)
    ? (outer as Record<string, unknown>)
    : values;
}

function tagsIn(label: Field | null): readonly (string | null)[] | null {
  return label?.elements?.map(({ type, value }) => (type === 'null' ? null : value)) ?? null;
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
  return fields.filter(({ type, elements }) => type !== 'object' && (type !== 'list' || elements));
}

interface ReadRecord {
  readonly startLine: number;
  readonly endLine: number;
  readonly fields: readonly Field[];
  /** The values of the record by the names of its fields. */
  readonly values: () => Readonly<Record<string, unknown>>;
  readonly guessed?: { readonly text: string | undefined; readonly label: string | undefined };
  /** Of CoNLL: one a word. */
  readonly tags?: readonly string[] | null;
}

function readRecord(
  source: LineSource,
  format: DatasetFormat,
  line: number,
  options: RecordOptions,
): ReadRecord {
  refuseMissingLine(source, line);
  if (format === 'csv' || format === 'tsv') {
    const { cache = new DatasetCache() } = options;
    const record = csvRecord(source, format, line, namesIn(options), cache);
    const values = () => Object.fromEntries(record.fields.map(({ name, value }) => [name, value]));
    return { ...record, values };
  }
  const none = () => ({});
  if (format === 'conll') {
    const { words, ...record } = conllRecord(source, line);
    return { ...record, fields: [words], values: none };
  }
  const text = source.line(line);
  refuseNul(source, line, text);
  if (text.trim() === '') {
    throw complaint(source, line, 'the line is empty. Choose a line with a record.');
  }
  const place = { startLine: line, endLine: line };
  if (format === 'txt') {
    return { ...place, fields: [plainText(line, text)], values: none };
  }
  const { fields, parsed } = jsonRecord(source, line, text);
  const values = () =>
    typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  return { ...place, fields, values };
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
