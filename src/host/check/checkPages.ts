/**
 * The pages of checks: read-only documents that exist in memory only. Plain text, never Markdown or HTML: they
 * hold names from the model's files.
 */
import * as vscode from 'vscode';
import { checkPage } from '../../interpret/check/page';
import type { ModelCheck } from '../../protocol';
import { modelTitle } from '../models/modelFolders';
import { checkScheme } from '../ids';

/** The address of a model's page; its last part is what the tab shows. */
export function pageUri(modelDir: string): vscode.Uri {
  const title = vscode.l10n.t('Check of {0}', modelTitle(modelDir).replaceAll(/[\\/]/g, ' '));
  return vscode.Uri.from({ scheme: checkScheme, path: `/${title}`, query: modelDir });
}

export class CheckPages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(
    checkScheme,
    this,
  );

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.texts.get(uri.toString()) ??
      vscode.l10n.t('This page is no longer known; run Glassbox: Check Model again.')
    );
  }

  /** Opens the model's page beside what is open, or puts the new text into the page that is open already. */
  async show(modelDir: string, check: ModelCheck): Promise<void> {
    const uri = pageUri(modelDir);
    this.texts.set(uri.toString(), `${checkPage(check).join('\n')}\n`);
    this.changed.fire(uri);
    let document = await vscode.workspace.openTextDocument(uri);
    // A folder may be called `export.md`.
    if (document.languageId !== 'plaintext') {
      document = await vscode.languages.setTextDocumentLanguage(document, 'plaintext');
    }
    await vscode.window.showTextDocument(document, {
      viewColumn: columnOfPages() ?? vscode.ViewColumn.Beside,
      preview: false,
    });
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

/** Where a page stands already; the next one belongs beside it. */
function columnOfPages(): vscode.ViewColumn | null {
  const isPage = ({ input }: vscode.Tab): boolean =>
    input instanceof vscode.TabInputText && input.uri.scheme === checkScheme;
  const group = vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(isPage));
  return group?.viewColumn ?? null;
}
