/** Traces and rankings in files: where the user says, but never over a dataset. */
import { appendFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { influenceJsonLine } from '../../batch/influenceJson';
import { elsewhere, refuseSame, sizeOf, writing } from '../../batch/outputFile';
import { suspicionCsv, suspicionJson } from '../../batch/suspicionJson';
import { formatOf, openFileLines } from '../../dataset';
import { GlassboxError } from '../../protocol';
import type { SuspicionResult } from '../../protocol';
import { memory } from '../ids';
import { HostError } from '../report';
import type { Suspected } from './suspicions';
import { placeOf } from './traceJson';
import type { Traced } from './tracer';

export class ResultSaver {
  /** Remembers where the last trace went. */
  constructor(private readonly workspaceMemory: vscode.Memento) {}

  /**
   * The trace as a line of JSON: of a file of its own, or added to the one before. Null where there is no result, or the user
   * changed their mind. Throws GlassboxError 'bad-input' where the file must not, or cannot, be written.
   */
  async saveTrace(traced: Traced): Promise<vscode.Uri | null> {
    const { state, question, train } = traced;
    if (!state.result) return null;
    const line = influenceJsonLine(state.result, placeOf(traced));
    const last = await this.lastFile();
    const how = last ? await askHow(last) : 'new';
    if (how === null) return null;
    const file =
      how === 'append'
        ? last
        : await askWhere(vscode.l10n.t('Save the trace'), beside(question.uri, 'influence.jsonl'), {
            [vscode.l10n.t('JSON Lines')]: ['jsonl'],
          });
    if (!file) return null;
    const isThere = await mayWrite(file, [question.uri.fsPath, train.uri.fsPath], isTraceLine);
    await writing(file.fsPath, () =>
      how === 'append' && isThere ? appendFile(file.fsPath, line) : writeFile(file.fsPath, line),
    );
    await this.workspaceMemory.update(memory.traceFile, file.toString());
    tellSaved(file);
    return file;
  }

  /** The list as JSONL, a line each, as a table in CSV, or as JSON, as the name ends. Null and errors as `saveTrace`. */
  async saveSuspicions({ state, train }: Suspected): Promise<vscode.Uri | null> {
    const { result } = state;
    if (!result) return null;
    const file = await askWhere(
      vscode.l10n.t('Save the suspicious lines'),
      beside(train.uri, 'suspicious.jsonl'),
      {
        [vscode.l10n.t('JSON Lines')]: ['jsonl'],
        [vscode.l10n.t('Table')]: ['csv'],
        JSON: ['json'],
      },
    );
    if (!file) return null;
    const text = textFor(file, result);
    await mayWrite(file, [train.uri.fsPath], line => isLikeTheFirst(line, text));
    await writing(file.fsPath, () => writeFile(file.fsPath, text));
    tellSaved(file);
    return file;
  }

  /** Null where there is none (any more). */
  private async lastFile(): Promise<vscode.Uri | null> {
    const stored = this.workspaceMemory.get<unknown>(memory.traceFile);
    if (typeof stored !== 'string') return null;
    const file = vscode.Uri.parse(stored);
    return (await sizeOf(file.fsPath).catch(() => null)) === null ? null : file;
  }
}

export function suspicionText(result: SuspicionResult): string {
  return `${JSON.stringify(suspicionJson(result), null, 2)}\n`;
}

function textFor({ path: name }: vscode.Uri, result: SuspicionResult): string {
  const format = formatOf(name);
  if (format === 'jsonl') return suspicionLines(result);
  return format === 'csv' ? suspicionCsv(result) : suspicionText(result);
}

/** Each line says by itself where it comes from. */
function suspicionLines(result: SuspicionResult): string {
  const { lines, method, train_file, model_name, model_hash, glassbox } = suspicionJson(result);
  const from = { method: method.name, train_file, model_name, model_hash, glassbox };
  return lines.map(line => `${JSON.stringify({ ...line, ...from })}\n`).join('');
}

/** A save dialog would ask whether a file that is there shall be replaced, so the one used last has a choice of its own. */
async function askHow(last: vscode.Uri): Promise<'append' | 'new' | null> {
  const name = vscode.workspace.asRelativePath(last);
  const picked = await vscode.window.showQuickPick(
    [
      { label: vscode.l10n.t('Append to {0}', name), how: 'append' as const },
      { label: vscode.l10n.t('Another File...'), how: 'new' as const },
    ],
    { title: vscode.l10n.t('Glassbox: Save Trace') },
  );
  return picked?.how ?? null;
}

async function askWhere(
  title: string,
  defaultUri: vscode.Uri,
  filters: Readonly<Record<string, string[]>>,
): Promise<vscode.Uri | null> {
  const file = await vscode.window.showSaveDialog({ title, defaultUri, filters });
  if (file && file.scheme !== 'file') {
    const says = vscode.l10n.t('Glassbox writes to files on the disk only; choose another place.');
    throw new HostError('bad-input', says, []);
  }
  return file ?? null;
}

/** 'reviews.dev.csv' -> 'reviews.dev.influence.jsonl', beside the dataset. */
function beside(dataset: vscode.Uri, ending: string): vscode.Uri {
  const base = path.posix.basename(dataset.path).replace(/\.[^.]*$/, '');
  return vscode.Uri.joinPath(dataset, '..', `${base}.${ending}`);
}

/**
 * Whether the file is there already. Throws GlassboxError 'bad-input' for the datasets, and for a file that could be one: its name
 * ends like that of a dataset, and its first line is not one of ours.
 */
async function mayWrite(
  { fsPath }: vscode.Uri,
  datasets: readonly string[],
  isOwn: (line: string) => boolean,
): Promise<boolean> {
  for (const dataset of datasets) await refuseSame(fsPath, dataset);
  const size = await sizeOf(fsPath);
  if (size === null) return false;
  if (size === 0 || formatOf(fsPath) === null) return true;
  const lines = await openFileLines(fsPath);
  try {
    if (isOwn(lines.line(0))) return true;
  } finally {
    await lines.close();
  }
  throw new GlassboxError(
    'bad-input',
    `${path.basename(fsPath)} is there already and was not written by Glassbox; ${elsewhere}.`,
  );
}

function isTraceLine(line: string): boolean {
  const names = namesIn(line);
  return ['test_instance', 'top_k_train_instances', 'glassbox'].every(name => names.includes(name));
}

/** The same header of a table, or the same names in JSON: a file of ours may be written anew. */
function isLikeTheFirst(line: string, text: string): boolean {
  const [first = ''] = text.split('\n', 1);
  const names = namesIn(line);
  return line === first || (names.length > 0 && names.join() === namesIn(first).join());
}

/** Of a line that is an object in JSON; none of any other. */
function namesIn(line: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  } catch {
    return [];
  }
}

function tellSaved(file: vscode.Uri): void {
  const name = path.posix.basename(file.path);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Glassbox: saved as {0}.', name), 4000);
}
