/** Which lines of a file work on several lines is about. */
import * as vscode from 'vscode';
import { openDocument } from '../records/openDocument';
import { baseName, isDataset, readArgument } from '../records/target';
import { HostError } from '../report';
import { selectedLines } from './selectedLines';

export interface Lines {
  readonly uri: vscode.Uri;
  /** Null for a file so big that VS Code hides it from extensions. */
  readonly document: vscode.TextDocument | null;
  /** From 0, in order, each once; null: the whole file. */
  readonly lines: readonly number[] | null;
}

/** The lines that a caller of the command names: `{ uri, lines: [0, 4] }`; undefined where it names none. */
function linesIn(argument: unknown): readonly number[] | undefined {
  if (typeof argument !== 'object' || argument === null || !('lines' in argument)) return undefined;
  const { lines } = argument;
  const isLine = (line: unknown): line is number => Number.isInteger(line) && Number(line) >= 0;
  return Array.isArray(lines) ? lines.filter(isLine) : undefined;
}

/**
 * What is selected in the file of the argument, else in the active editor, else in `lastEditor`; of a file that no editor
 * shows, or with `whole`, all of it. Throws a HostError where there is no such file.
 */
export async function findLines(
  argument: unknown,
  lastEditor: vscode.TextEditor | null,
  whole = false,
): Promise<Lines> {
  const { uri } = readArgument(argument);
  const editors = [
    ...(vscode.window.activeTextEditor ? [vscode.window.activeTextEditor] : []),
    ...(lastEditor ? [lastEditor] : []),
    ...vscode.window.visibleTextEditors,
  ];
  const editor = uri
    ? editors.find(({ document }) => document.uri.toString() === uri.toString())
    : (vscode.window.activeTextEditor ?? lastEditor);
  const file = uri ?? editor?.document.uri ?? null;
  if (!file) {
    const says = vscode.l10n.t(
      'Open a .jsonl, .csv, .tsv, .conll or .txt file in the text editor and select lines.',
    );
    throw new HostError('bad-input', says, []);
  }
  if (!isDataset(file)) {
    const says = vscode.l10n.t(
      '{0} is not a dataset that Glassbox reads; open a .jsonl, .csv, .tsv, .conll or .txt file and select lines.',
      baseName(file),
    );
    throw new HostError('bad-input', says, []);
  }
  const document = editor?.document ?? (await openDocument(file));
  const selected = editor && !whole ? selectedLines(editor.selections) : null;
  return { uri: file, document, lines: whole ? null : (linesIn(argument) ?? selected) };
}
