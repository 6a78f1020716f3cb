/** Shows a file with results. */
import * as vscode from 'vscode';

/** Beside the panel; also a file that VS Code hides from extensions. */
export async function showFile(file: string): Promise<void> {
  const viewColumn = vscode.ViewColumn.One;
  const options = { viewColumn, preview: false };
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), options);
}
