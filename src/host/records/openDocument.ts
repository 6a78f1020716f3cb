/** Files as documents of VS Code, whether an editor shows them or not. */
import * as vscode from 'vscode';

/** Null for a file that VS Code does not share with extensions: it is too big, or gone. */
export async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument | null> {
  // Its promise knows `then` only.
  return Promise.resolve(vscode.workspace.openTextDocument(uri)).catch(() => null);
}
