/** Asks whether a whole file is meant. */
import * as vscode from 'vscode';
import type { WholeFile } from './linesRunner';

export async function confirmWholeFile(
  { question, yes }: WholeFile,
  records: number,
  file: string,
): Promise<boolean> {
  const detail = vscode.l10n.t(
    'It can be cancelled, and gone on with later. For only some of the lines, select them first.',
  );
  const says = question(records, file);
  return (await vscode.window.showWarningMessage(says, { modal: true, detail }, yes)) === yes;
}
