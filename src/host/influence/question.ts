/** What a trace is about: one line, or several whose mean loss is meant. */
import * as vscode from 'vscode';
import type { DatasetRecord } from '../../dataset';
import { openFileLines, textInput } from '../../dataset';
import { readRecords } from '../../dataset/records';
import type { HealthCheck, TextInput } from '../../protocol';
import { GlassboxError } from '../../protocol';
import { datasetOf, snapshot } from '../lines/linesDataset';
import type { Lines } from '../lines/selection';
import type { FieldChoice } from '../records/fieldChoice';
import type { FoundRecord, RecordReader } from '../records/readRecord';
import { movedRecord } from '../records/readRecord';
import { baseName, type Target } from '../records/target';
import { HostError } from '../report';

export interface Question {
  readonly uri: vscode.Uri;
  /** Null where several lines are meant. */
  readonly found: FoundRecord | null;
  /** '12 selected lines of reviews.dev.jsonl'. */
  readonly about: string;
  readonly tests: readonly TextInput[];
  /** Lines that could not be asked about. */
  readonly notes: readonly HealthCheck[];
}

/** More texts at once would not fit into one request; they are an average anyway. */
const mostTests = 20_000;

/** Throws GlassboxError 'bad-input', one sentence with file and line. */
export async function questionOfLine(
  target: Target,
  reader: RecordReader,
  signal: AbortSignal,
): Promise<Question> {
  const found = await reader.read(target, signal);
  const { file, line } = found.info;
  const about = vscode.l10n.t('line {0} of {1}', line, file);
  return { uri: target.uri, found, about, tests: [found.input], notes: [] };
}

/** The records that stand on the lines; a single one is a line. Throws as `questionOfLine`, and where there are none, or too many. */
export async function questionOfLines(
  lines: Lines,
  reader: RecordReader,
  fields: FieldChoice,
  signal: AbortSignal,
): Promise<Question> {
  const { uri, document } = lines;
  const { records, unread } = await readAll(lines, fields, signal);
  const [only] = records;
  if (only && records.length === 1 && unread.length === 0) {
    return questionOfLine({ uri, document, line: only.startLine }, reader, signal);
  }
  const file = baseName(uri);
  if (!only) {
    const says = vscode.l10n.t('There is no text to trace on these lines of {0}.', file);
    throw unread[0] ?? new HostError('bad-input', says, []);
  }
  const about =
    lines.lines === null
      ? vscode.l10n.t('all {0} lines of {1}', records.length, file)
      : vscode.l10n.t('{0} selected lines of {1}', records.length, file);
  const notes = unread[0] ? [unreadNote(unread.length, unread[0])] : [];
  return { uri, found: null, about, tests: records.map(record => textInput(record)), notes };
}

/** The question after lines above its line came or went. */
export function movedQuestion(question: Question, moved: (line: number) => number): Question {
  const { found } = question;
  return found ? { ...question, found: movedRecord(found, moved) } : question;
}

async function readAll(
  lines: Lines,
  fields: FieldChoice,
  signal: AbortSignal,
): Promise<{
  readonly records: readonly DatasetRecord[];
  /** Why others cannot be read. */
  readonly unread: readonly GlassboxError[];
}> {
  const { uri, document } = lines;
  const file = document ? null : await openFileLines(uri.fsPath, { signal });
  try {
    const source = document ? snapshot(document) : file!;
    const dataset = await datasetOf(lines, source, fields, signal);
    const records: DatasetRecord[] = [];
    const unread: GlassboxError[] = [];
    const options = { fields: dataset.fields ?? {}, lines: lines.lines, signal };
    for await (const { read } of readRecords(source, dataset.format, options)) {
      try {
        records.push(read());
      } catch (error) {
        if (!(error instanceof GlassboxError)) throw error;
        unread.push(error);
      }
      if (records.length + unread.length > mostTests) throw tooMany(uri);
    }
    return { records, unread };
  } finally {
    await file?.close();
  }
}

function tooMany(uri: vscode.Uri): HostError {
  const says = vscode.l10n.t(
    '{0} has more than {1} lines to trace at once; select some of them.',
    baseName(uri),
    mostTests,
  );
  return new HostError('bad-input', says, []);
}

function unreadNote(count: number, { message }: GlassboxError): HealthCheck {
  const says = vscode.l10n.t('{0} of the lines could not be read, the first: {1}', count, message);
  return { check: 'unread-lines', ok: false, value: count, says };
}
