/** Which line of which file a command is about. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { formatOf } from '../../dataset';
import { HostError } from '../report';
import { openDocument } from './openDocument';

/** A line (from 0) of a file that may be a dataset. */
export interface Target {
  readonly uri: vscode.Uri;
  /** Null for a file so big that VS Code shows it but hides it from extensions. */
  readonly document: vscode.TextDocument | null;
  readonly line: number;
  /** UTF-16 character on the line, where one was pointed at. */
  readonly character?: number;
}

/** What VS Code or another extension hands to a command: a file, or a file and a line. */
interface CommandArgument {
  readonly uri: vscode.Uri | null;
  /** From 0. */
  readonly line: number | null;
}

/**
 * Reads the first argument of a command: a Uri (editor and explorer menus), `{ uri, lineNumber }` from
 * 1 (menu of the line numbers), or `{ uri, line }` from 0 (callers of the command).
 */
export function readArgument(argument: unknown): CommandArgument {
  if (argument instanceof vscode.Uri) return { uri: argument, line: null };
  if (typeof argument !== 'object' || argument === null) return { uri: null, line: null };
  const { uri, line, lineNumber } = argument as Record<string, unknown>;
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  const fromOne = number(lineNumber);
  return {
    uri: uri instanceof vscode.Uri ? uri : typeof uri === 'string' ? vscode.Uri.parse(uri) : null,
    line: number(line) ?? (fromOne === null ? null : fromOne - 1),
  };
}

export function isDataset(uri: vscode.Uri): boolean {
  return formatOf(uri.path) !== null;
}

/** The base name of a file, as messages call it. */
export function baseName(uri: vscode.Uri): string {
  return path.posix.basename(uri.path);
}

/** Throws a HostError that says what to do when `uri` is no dataset file of a kind that is read. */
function checkKind(uri: vscode.Uri): void {
  if (isDataset(uri)) return;
  throw new HostError(
    'bad-input',
    vscode.l10n.t(
      '{0} is not a dataset that Glassbox reads; open a .jsonl, .csv, .tsv, .conll or .txt file and choose a line.',
      baseName(uri),
    ),
    [],
  );
}

/** The dataset in the active tab when that is no text editor: a custom editor, or a huge file. */
function activeTabUri(): { uri: vscode.Uri; isText: boolean } | null {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputText) return { uri: input.uri, isText: true };
  if (input instanceof vscode.TabInputCustom) return { uri: input.uri, isText: false };
  return null;
}

/** Asks for the line where VS Code cannot tell it: the file is too big to be shared with extensions. */
async function askLine(uri: vscode.Uri): Promise<number | null> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Glassbox: Choose a Line'),
    prompt: vscode.l10n.t(
      '{0} is so big that VS Code does not tell extensions where the cursor is. Which line is meant?',
      baseName(uri),
    ),
    placeHolder: vscode.l10n.t('line number, from 1'),
    validateInput: value =>
      /^[1-9]\d*$/.test(value.trim()) ? null : vscode.l10n.t('Type a line number, from 1.'),
  });
  return answer === undefined ? null : Number(answer) - 1;
}

/** A line beyond the document is left for the dataset reader, which says so with the file's name. */
async function targetInFile(uri: vscode.Uri, line: number | null): Promise<Target | null> {
  checkKind(uri);
  const editor = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors].find(
    candidate => candidate?.document.uri.toString() === uri.toString(),
  );
  if (editor) {
    // A click with the right button puts the cursor there, so it says which word is meant.
    const { active } = editor.selection;
    const { document } = editor;
    if (line !== null && line !== active.line) return { uri, document, line };
    return { uri, document, line: active.line, character: active.character };
  }
  const tab = activeTabUri();
  if (line === null && tab && !tab.isText && tab.uri.toString() === uri.toString()) {
    throw new HostError(
      'bad-input',
      vscode.l10n.t(
        '{0} is open in a custom editor; open it in the text editor and choose a line there.',
        baseName(uri),
      ),
      ['openAsText'],
    );
  }
  const chosen = line ?? (await askLine(uri));
  if (chosen === null) return null;
  const document = await openDocument(uri);
  return { uri, document, line: chosen };
}

/**
 * The line that a command is about: the one of its argument, else the one with the cursor in the active
 * editor, else in `lastEditor` (the focus is in the panel). Null when the user gave up.
 * Throws a HostError that says what to do where there is no such line.
 */
export async function findTarget(
  argument: unknown,
  lastEditor: vscode.TextEditor | null,
): Promise<Target | null> {
  const { uri, line } = readArgument(argument);
  if (uri) return targetInFile(uri, line);
  const editor = vscode.window.activeTextEditor;
  if (editor) return targetInFile(editor.document.uri, line);
  const tab = activeTabUri();
  if (tab) return targetInFile(tab.uri, line);
  if (lastEditor) return targetInFile(lastEditor.document.uri, line);
  throw new HostError(
    'bad-input',
    vscode.l10n.t(
      'Open a .jsonl, .csv, .tsv, .conll or .txt file in the text editor and choose a line.',
    ),
    [],
  );
}
