/** The lines of a file of results: a header that says what run it is, then one line a record. */
import { version } from '../../package.json';
import { attackOutcomes, type AttackResult, type AttackSettings } from '../protocol/attack';
import type { AttackTableRow } from '../protocol/attackTable';
import type { ErrorCode, GlassboxError } from '../protocol/messages';
import type { LabelChoice, ReadingOptions, TextInput } from '../protocol/task';
import type { FieldOptions } from '../dataset';
import { attackJson, type AttackJson, type AttackPlace } from './attackJson';
import type { CountedRow } from './summary';

/** Everything but text and model that decides what comes out; `options` with all defaults filled in. */
export interface RunSettings extends AttackSettings {
  readonly label: LabelChoice;
  readonly reading: ReadingOptions;
  readonly fields: FieldOptions;
  /** Chosen lines, from 1, in order; null: all. */
  readonly lines: readonly number[] | null;
}

export interface RunHeader {
  readonly glassbox: 'attack-run';
  /** Version of Glassbox that began it. */
  readonly version: string;
  /** Base name of the dataset file. */
  readonly dataset: string;
  readonly settings: RunSettings;
  readonly model_name: string;
  readonly model_hash: string;
  /** ISO 8601. */
  readonly started: string;
}

export interface RunPlace extends AttackPlace {
  /** Of the record's lines as they stood in the file (records.ts); null where they could not be read. */
  readonly sha256: string | null;
}

export interface AttackedLine extends AttackJson {
  readonly record: RunPlace;
}

/** A record that could not be read or attacked. */
export interface ErrorLine {
  readonly record: RunPlace;
  readonly outcome: 'error';
  readonly says: string;
  readonly success: false;
  readonly code: ErrorCode;
  /** Null where it could not be read. */
  readonly original: { readonly text: string; readonly pair?: string } | null;
  readonly glassbox: string;
}

export type RunLine = AttackedLine | ErrorLine;

export function attackedLine(result: AttackResult, record: RunPlace): AttackedLine {
  return { ...attackJson(result, record), record };
}

export function errorLine(
  { code, message }: GlassboxError,
  record: RunPlace,
  input: TextInput | null,
): ErrorLine {
  const original = input && {
    text: input.text,
    ...(input.pair !== undefined && { pair: input.pair }),
  };
  const says = message;
  return { record, outcome: 'error', says, success: false, code, original, glassbox: version };
}

/** The row of the table that a line stands for. */
export function rowOf(line: RunLine): CountedRow {
  const { record, says } = line;
  if (line.outcome === 'error') {
    const original = line.original ? bothTexts(line.original) : '';
    const row: AttackTableRow = {
      line: record.line,
      original,
      attacked: original,
      outcome: 'error',
      says,
      success: false,
      before: '',
      after: '',
      gold: null,
      wordsChanged: 0,
      words: 0,
      queries: 0,
    };
    return { row, correct: null, verified: null };
  }
  const { original, final, outcome, success, gold, correct, words, queries } = line;
  const row: AttackTableRow = {
    line: record.line,
    original: bothTexts(original),
    attacked: bothTexts(final),
    outcome,
    says,
    success,
    before: original.label,
    // What the model does not say of the text alone did not happen.
    after: line.verified_from_text ? final.label : original.label,
    gold,
    wordsChanged: line.words_changed,
    words,
    queries,
  };
  return { row, correct, verified: line.verified_from_text };
}

/** Of a pair, one below the other. */
function bothTexts({ text, pair }: { readonly text: string; readonly pair?: string }): string {
  return pair === undefined ? text : `${text}\n${pair}`;
}

/** Null where the text is no header of a run. */
export function parseHeader(text: string): RunHeader | null {
  const value = parseObject(text);
  const fits =
    value?.['glassbox'] === 'attack-run' &&
    typeof value['dataset'] === 'string' &&
    typeof value['model_hash'] === 'string' &&
    isObject(value['settings']);
  return fits ? (value as unknown as RunHeader) : null;
}

/** Null where the text is no line of a run. Looks at what `rowOf` reads. */
export function parseRunLine(text: string): RunLine | null {
  const value = parseObject(text);
  const record = value?.['record'];
  if (!value || !isObject(record) || !Number.isInteger(record['line'])) return null;
  if (typeof value['says'] !== 'string') return null;
  if (value['outcome'] === 'error') return value as unknown as ErrorLine;
  const { original, final } = value;
  const hasText = (part: unknown): boolean =>
    isObject(part) && typeof part['text'] === 'string' && typeof part['label'] === 'string';
  const ended = attackOutcomes.some(outcome => outcome === value['outcome']);
  const counts = [value['words_changed'], value['words'], value['queries']];
  return ended && hasText(original) && hasText(final) && counts.every(Number.isFinite)
    ? (value as unknown as AttackedLine)
    : null;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
