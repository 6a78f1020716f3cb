/** Asks again for what the panel showed before VS Code was closed; once more when trust is granted. */
import * as vscode from 'vscode';
import type { PanelMemory } from '../protocol';
import type { Explainer } from './explain/explainer';
import { openDocument } from './records/openDocument';

export class Restorer implements vscode.Disposable {
  private waiting: PanelMemory | null = null;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly explainer: Explainer) {
    this.subscription = vscode.workspace.onDidGrantWorkspaceTrust(() => {
      const { waiting } = this;
      if (waiting && !explainer.current) void this.askAgain(waiting);
    });
  }

  /** Explains the remembered line without asking anything; a failure is told in the panel only. */
  async askAgain(memory: PanelMemory): Promise<void> {
    this.waiting = memory;
    const uri = vscode.Uri.parse(memory.uri);
    const document = await openDocument(uri);
    const target = { uri, document, line: memory.line };
    const state = await this.explainer.explain(target, { choices: memory.choices, quiet: true });
    if (state) this.waiting = null;
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
