/** Remembers the last editor with a dataset in it, so that commands work while the panel has the focus. */
import * as vscode from 'vscode';
import { isDataset } from './records/target';

export class LastEditor implements vscode.Disposable {
  private last: vscode.TextEditor | null = null;
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.note(vscode.window.activeTextEditor);
    this.subscription = vscode.window.onDidChangeActiveTextEditor(editor => {
      this.note(editor);
    });
  }

  /** Null when it is no longer to be seen. */
  get(): vscode.TextEditor | null {
    return this.last && vscode.window.visibleTextEditors.includes(this.last) ? this.last : null;
  }

  private note(editor: vscode.TextEditor | undefined): void {
    if (editor && isDataset(editor.document.uri)) this.last = editor;
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
