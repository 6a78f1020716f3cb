/** Appends a changed text to a new dataset file: asks for the file, writes the line, and offers to open it. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { memory } from '../ids';
import { HostError } from '../report';
import { datasetLine } from './datasetLine';
import type { NewLine } from './datasetLine';
import { appendLine } from './ownFile';

/** A line to be appended, all but what is known only when it is written. */
export type LineToAppend = Omit<NewLine, 'file' | 'date'>;

/** 'reviews.dev.csv' -> 'reviews.dev.attacked.jsonl', beside the dataset. */
function proposedFile(dataset: vscode.Uri): vscode.Uri {
  const base = path.posix.basename(dataset.path).replace(/\.[^.]*$/, '');
  return vscode.Uri.joinPath(dataset, '..', `${base}.attacked.jsonl`);
}

export class Appender {
  /** Remembers where the last line of each dataset went. */
  constructor(private readonly workspaceMemory: vscode.Memento) {}

  /** Null when the user changed their mind. Throws GlassboxError where the file must not, or cannot, be written. */
  async append(line: LineToAppend): Promise<vscode.Uri | null> {
    const { uri } = line.found;
    const file = await this.choose(uri);
    if (!file) return null;
    if (file.scheme !== 'file') {
      const says = vscode.l10n.t(
        'Glassbox appends to files on the disk only; choose another place.',
      );
      throw new HostError('bad-input', says, []);
    }
    const from = vscode.workspace.asRelativePath(uri, false);
    // Nothing of the folders of this machine goes into a dataset.
    const name = path.isAbsolute(from) ? path.basename(from) : from;
    const text = datasetLine({ ...line, file: name, date: new Date() });
    await appendLine(file.fsPath, text, [uri.fsPath]);
    await this.remember(uri, file);
    void this.offerToOpen(file);
    return file;
  }

  /** A save dialog would ask whether a file that is there shall be replaced, so the one used last has a choice of its own. */
  private async choose(dataset: vscode.Uri): Promise<vscode.Uri | null> {
    const last = await this.lastFile(dataset);
    if (last) {
      const name = vscode.workspace.asRelativePath(last);
      const again = { label: vscode.l10n.t('Append to {0}', name), isLast: true };
      const other = { label: vscode.l10n.t('Another File...'), isLast: false };
      const picked = await vscode.window.showQuickPick([again, other], {
        title: vscode.l10n.t('Glassbox: Append to Dataset File'),
      });
      if (!picked) return null;
      if (picked.isLast) return last;
    }
    const chosen = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Append to a dataset that Glassbox began, or begin a new one'),
      saveLabel: vscode.l10n.t('Append'),
      defaultUri: proposedFile(dataset),
      filters: { [vscode.l10n.t('JSON Lines')]: ['jsonl'] },
    });
    return chosen ?? null;
  }

  /** Null where there is none (any more). */
  private async lastFile(dataset: vscode.Uri): Promise<vscode.Uri | null> {
    const stored = this.all()[dataset.toString()];
    if (typeof stored !== 'string') return null;
    const file = vscode.Uri.parse(stored);
    return Promise.resolve(vscode.workspace.fs.stat(file)).then(
      () => file,
      () => null,
    );
  }

  private async remember(dataset: vscode.Uri, file: vscode.Uri): Promise<void> {
    const files = { ...this.all(), [dataset.toString()]: file.toString() };
    await this.workspaceMemory.update(memory.appendFiles, files);
  }

  private all(): Readonly<Record<string, unknown>> {
    const stored = this.workspaceMemory.get<unknown>(memory.appendFiles);
    return typeof stored === 'object' && stored !== null ? { ...stored } : {};
  }

  private async offerToOpen(file: vscode.Uri): Promise<void> {
    const open = vscode.l10n.t('Open');
    const says = vscode.l10n.t('The text was appended to {0}.', path.posix.basename(file.path));
    const chosen = await vscode.window.showInformationMessage(says, open);
    if (chosen !== open) return;
    // The panel may have the focus: the file must not cover it.
    const viewColumn = vscode.ViewColumn.One;
    await vscode.window.showTextDocument(file, { viewColumn, preview: false });
  }
}
