/** A training file as the engine is told about it: on the disk, with the names of its fields, which are asked for where they are not clear. */
import * as vscode from 'vscode';
import type { DatasetFormat, FieldOptions, LineSource } from '../../dataset';
import { formatOf, goldInWords, listFields, openFileLines } from '../../dataset';
import { readRecords } from '../../dataset/records';
import type { TrainingFile } from '../../protocol';
import { GlassboxError } from '../../protocol';
import type { FieldChoice } from '../records/fieldChoice';
import { pickFields } from '../records/fieldPicker';
import { baseName } from '../records/target';
import { HostError } from '../report';

/** A file whose first records have no label has fields that nobody has named, or no labels. */
const looksAt = 50;

/**
 * Null when the user was asked for the fields and changed their mind. Throws GlassboxError 'bad-input' where the file cannot be
 * read, is no dataset, or has no labels; 'cancelled' after `signal`.
 */
export async function trainingFile(
  uri: vscode.Uri,
  choice: FieldChoice,
  signal: AbortSignal,
): Promise<TrainingFile | null> {
  const format = formatOf(uri.path);
  if (format === null || uri.scheme !== 'file') throw noTraining(uri);
  const source = await openFileLines(uri.fsPath, { signal });
  try {
    const fields = await fieldsOf({ uri, source, format }, choice, signal);
    return fields && { path: uri.fsPath, fields };
  } finally {
    await source.close();
  }
}

interface OpenFile {
  readonly uri: vscode.Uri;
  readonly source: LineSource;
  readonly format: DatasetFormat;
}

async function fieldsOf(
  file: OpenFile,
  choice: FieldChoice,
  signal: AbortSignal,
): Promise<FieldOptions | null> {
  const { uri, source, format } = file;
  const first = await firstLine(file, signal);
  const wish = () => choice.wishFor(uri, source, format, first);
  const found = await hasLabels(file, wish(), signal);
  if (found === true) return wish();
  const fields = namesAt(file, first);
  if (fields.every(({ name }) => name === '')) throw found === false ? noLabels(uri) : found;
  const chosen = await pickFields(fields);
  if (!chosen) return null;
  await choice.set(
    fields.map(({ name }) => name),
    chosen,
  );
  const now = await hasLabels(file, wish(), signal);
  if (now === true) return wish();
  throw now === false ? noLabels(uri) : now;
}

/** Where the first record starts, from 0; 0 where there is none. */
async function firstLine({ source, format }: OpenFile, signal: AbortSignal): Promise<number> {
  for await (const { start } of readRecords(source, format, { signal })) return start;
  return 0;
}

/** Whether one of the first records has a label; where none of them can be read, why the first one cannot. */
async function hasLabels(
  { source, format }: OpenFile,
  fields: FieldOptions,
  signal: AbortSignal,
): Promise<boolean | GlassboxError> {
  let failure: GlassboxError | null = null;
  let isReadable = false;
  let count = 0;
  for await (const { read } of readRecords(source, format, { fields, signal })) {
    if (++count > looksAt) break;
    try {
      if (goldInWords(read()) !== null) return true;
      isReadable = true;
    } catch (error) {
      if (!(error instanceof GlassboxError)) throw error;
      failure ??= error;
    }
  }
  return isReadable || !failure ? false : failure;
}

function namesAt({ source, format }: OpenFile, line: number): ReturnType<typeof listFields> {
  try {
    return listFields(source, format, line);
  } catch {
    // Why that is so is known from reading its records.
    return [];
  }
}

function noLabels(uri: vscode.Uri): HostError {
  const says = vscode.l10n.t(
    '{0} has no labels that Glassbox finds, so nothing can have been learned from it; select another training file, or its fields.',
    baseName(uri),
  );
  return new HostError('bad-input', says, ['selectTraining', 'selectFields']);
}

function noTraining(uri: vscode.Uri): HostError {
  const says = vscode.l10n.t(
    '{0} is not a training file that Glassbox reads; select a .jsonl, .csv, .tsv or .conll file on the disk.',
    baseName(uri),
  );
  return new HostError('bad-input', says, ['selectTraining']);
}
