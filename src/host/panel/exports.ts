/** What leaves the panel: a copy of the numbers, a picture. Neither ever touches a dataset. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { PanelState } from '../../protocol';
import { HostError } from '../report';
import { isDataset } from '../records/target';

/** Everything needed to read the explanation and to make it again. */
export function explanationJson({ record, explanation }: PanelState): string {
  return JSON.stringify({ record, ...explanation }, null, 2);
}

export async function copyJson(state: PanelState): Promise<void> {
  await vscode.env.clipboard.writeText(explanationJson(state));
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('Glassbox: the explanation is in the clipboard as JSON.'),
    4000,
  );
}

/** 'reviews.dev.jsonl' and line 17 -> 'reviews.dev.17.svg', beside the dataset. */
function proposedUri(datasetUri: vscode.Uri, line: number): vscode.Uri {
  const base = path.posix.basename(datasetUri.path).replace(/\.[^.]*$/, '');
  return vscode.Uri.joinPath(datasetUri, '..', `${base}.${line}.svg`);
}

/** Asks where, and writes `svg` there. Throws a HostError when the user points at a dataset. */
export async function savePicture(
  svg: string,
  datasetUri: vscode.Uri,
  state: PanelState,
): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save the picture of the explanation'),
    defaultUri: proposedUri(datasetUri, state.record.line),
    filters: { [vscode.l10n.t('SVG picture')]: ['svg'] },
  });
  if (!target) return;
  if (isDataset(target)) {
    throw new HostError(
      'bad-input',
      vscode.l10n.t(
        'Glassbox does not write over a dataset; save the picture under a name that ends in .svg.',
      ),
      [],
    );
  }
  await vscode.workspace.fs.writeFile(target, Buffer.from(svg, 'utf8'));
}
