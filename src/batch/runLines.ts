/** The lines of a file of results of attacks: a header that says what run it is, then one line a record. */
import { version } from '../../package.json';
import { attackOutcomes, type AttackResult, type AttackSettings } from '../protocol/attack';
import type { AttackTableRow } from '../protocol/attackTable';
import type { ErrorCode, GlassboxError } from '../protocol/messages';
import type { LabelChoice, TextInput } from '../protocol/task';
import { attackJson, type AttackJson } from './attackJson';
import type { RunPlace } from './runDataset';
import { isObject, parseObject, type RecordSettings, type RunKind } from './runHeader';
import type { CountedRow } from './summary';

export const attackRunKind: RunKind = {
  glassbox: 'attack-run',
  what: 'an attack',
  past: 'attacked',
};

/** Everything but text and model that decides what comes out; `options` with all defaults filled in. */
export interface AttackRunSettings extends AttackSettings, RecordSettings {
  readonly label: LabelChoice;
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
