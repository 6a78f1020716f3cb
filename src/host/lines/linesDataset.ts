/** The file that work on several lines goes through. */
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { RunDataset } from '../../batch/runDataset';
import { readRecords } from '../../dataset/records';
import type { LineSource } from '../../dataset';
import { formatOf } from '../../dataset';
import type { FieldChoice } from '../records/fieldChoice';
import { baseName } from '../records/target';
import type { Lines } from './selection';

/** The lines as they stand in the editor now: a run must not see them change. */
export function snapshot(document: vscode.TextDocument): LineSource {
  const lines = Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line).text);
  return {
    name: baseName(document.uri),
    lineCount: lines.length,
    line: index => lines[index] ?? '',
  };
}

/** Its fields are those that are chosen for its first record. */
export async function datasetOf(
  { uri, lines }: Pick<Lines, 'uri' | 'lines'>,
  source: LineSource,
  choice: FieldChoice,
  signal: AbortSignal,
): Promise<RunDataset> {
  const format = formatOf(uri.path) ?? 'txt';
  let first = 0;
  for await (const { start } of readRecords(source, format, { lines, signal })) {
    first = start;
    break;
  }
  const fields = choice.wishFor(uri, source, format, first);
  return { file: shortPath(uri.fsPath), path: uri.fsPath, source, format, fields, lines };
}

/** The same as long as the records that are meant are the same. */
export async function contentOf(
  { source, format, fields = {}, lines = null }: RunDataset,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  for await (const { start, sha256 } of readRecords(source, format, { fields, lines, signal })) {
    hash.update(`${start} ${sha256 ?? ''}\n`);
  }
  return hash.digest('hex');
}

/** Relative to the workspace where it lies in it. */
export function shortPath(file: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.file(file), false);
}
