/** Dataset files as the command line opens them. */
import path from 'node:path';
import type { DatasetFormat, DatasetRecord, FieldOptions, FileLines } from '../dataset';
import { formatOf, openFileLines, recordAt } from '../dataset';
import { GlassboxError } from '../protocol/messages';
import type { LineTarget } from './target';

export interface FieldNames {
  readonly field?: string;
  readonly pairField?: string;
  readonly labelField?: string;
}

export function fieldsOf({ field, pairField, labelField }: FieldNames): FieldOptions {
  return { textField: field, pairField, labelField };
}

/** The record on a line. Throws GlassboxError 'bad-input'. */
export async function readRecord(
  { file, line }: LineTarget,
  names: FieldNames,
): Promise<DatasetRecord> {
  return await withDataset(file, (lines, format) =>
    recordAt(lines, format, line - 1, fieldsOf(names)),
  );
}

/** Opens a dataset for as long as `use` works on it. Throws GlassboxError 'bad-input'. */
export async function withDataset<T>(
  file: string,
  use: (lines: FileLines, format: DatasetFormat) => T | Promise<T>,
): Promise<T> {
  const format = formatOf(file);
  if (!format) {
    throw new GlassboxError(
      'bad-input',
      `${path.basename(file)} is not a dataset that Glassbox reads; use a .jsonl, .csv, .tsv, .conll or .txt file.`,
    );
  }
  const lines = await openFileLines(file);
  try {
    return await use(lines, format);
  } finally {
    await lines.close();
  }
}
