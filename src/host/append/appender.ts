/** Appends a changed text to a new dataset file: asks for the file, writes the line, and offers to open it. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { HostError } from '../report';
import { datasetLine } from './datasetLine';
import type { NewLine } from './datasetLine';
import { appendLine } from './ownFile';

/** A line to be appended, all but what is known only when it is written. */
export type LineToAppend = Omit<NewLine, 'file' | 'date'>;

/** 'reviews.dev.csv' -> 'reviews.dev.attacked.jsonl', beside the dataset. */
export function proposedFile(dataset: vscode.Uri): vscode.Uri {
  const base = path.posix.basename(dataset.path).replace(/\.[^.]*$/, '');
  return vscode.Uri.joinPath(dataset, '..', `${base}.attacked.jsonl`);
}

export class Appender {
  /** Where the last line of a dataset went. */
  private readonly last = new Map<string, vscode.Uri>();

  /** Null when the user changed their mind. Throws GlassboxError where the file must not, or cannot, be written. */
  async append(line: LineToAppend): Promise<vscode.Uri | null> {
    const { uri } = line.found;
    const file = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Append to a dataset that Glassbox began, or begin a new one'),
      saveLabel: vscode.l10n.t('Append'),
      defaultUri: this.last.get(uri.toString()) ?? proposedFile(uri),
      filters: { [vscode.l10n.t('JSON Lines')]: ['jsonl'] },
    });
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
    this.last.set(uri.toString(), file);
    void this.offerToOpen(file);
    return file;
  }

  private async offerToOpen(file: vscode.Uri): Promise<void> {
    const open = vscode.l10n.t('Open');
    const says = vscode.l10n.t('The text was appended to {0}.', path.posix.basename(file.path));
    const chosen = await vscode.window.showInformationMessage(says, open);
    if (chosen === open) await vscode.window.showTextDocument(file, { preview: false });
  }
}
