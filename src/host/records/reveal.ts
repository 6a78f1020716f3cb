/** Shows a place of a file in the editor that has the file already, else in the first group. */
import * as vscode from 'vscode';

export async function reveal(uri: vscode.Uri, range: vscode.Range): Promise<void> {
  const visible = vscode.window.visibleTextEditors.find(
    editor => editor.document.uri.toString() === uri.toString(),
  );
  const viewColumn = visible?.viewColumn ?? vscode.ViewColumn.One;
  await vscode.window.showTextDocument(uri, { viewColumn, selection: range });
}
