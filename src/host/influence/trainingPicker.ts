/** The list from which a training file is picked: dataset files of the workspace and beside the tested one, likely ones first. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { datasetEndings } from '../../dataset/format';
import { baseName, isDataset } from '../records/target';

interface FileItem extends vscode.QuickPickItem {
  /** Absent on Browse. */
  readonly uri?: vscode.Uri;
}

/** Enough for a list that a person reads. */
const mostFiles = 200;

/** How likely a file is what the model was trained on, from its name and its place; the larger the likelier. */
export function likelihood(file: string, near: string): number {
  const name = path.posix.basename(file).toLowerCase();
  const stem = path.posix.basename(near).toLowerCase().split(/[._-]/, 1)[0] ?? '';
  const isOther = file !== near;
  return [
    [name.includes('train'), 8],
    [isOther, 4],
    [path.posix.dirname(file) === path.posix.dirname(near), 2],
    [isOther && stem !== '' && name.startsWith(stem), 1],
    // Tests are no training, and plain lines have no labels.
    [/dev|test|valid|eval/.test(name), -3],
    [name.endsWith('.txt'), -4],
  ].reduce((sum, [holds, weight]) => sum + (holds === true ? Number(weight) : 0), 0);
}

/** Dataset files, the likeliest first; the same folder is looked into even where it is no part of the workspace. */
async function candidates(near: vscode.Uri): Promise<vscode.Uri[]> {
  const inWorkspace = await vscode.workspace.findFiles(
    `**/*.{${datasetEndings.join(',')}}`,
    '**/{node_modules,.git}/**',
    mostFiles,
  );
  const folder = vscode.Uri.joinPath(near, '..');
  const entries = await Promise.resolve(vscode.workspace.fs.readDirectory(folder)).catch(() => []);
  const beside = entries
    .filter(([, type]) => (type & vscode.FileType.File) !== 0)
    .map(([name]) => vscode.Uri.joinPath(folder, name))
    .filter(isDataset)
    .slice(0, mostFiles);
  const all = new Map([...inWorkspace, ...beside].map(uri => [uri.toString(), uri]));
  return [...all.values()]
    .filter(({ scheme }) => scheme === 'file')
    .sort(
      (a, b) =>
        likelihood(b.path, near.path) - likelihood(a.path, near.path) ||
        a.path.localeCompare(b.path),
    );
}

function itemFor(uri: vscode.Uri, current: vscode.Uri | null): FileItem {
  const isCurrent = uri.toString() === current?.toString();
  const folder = path.dirname(vscode.workspace.asRelativePath(uri));
  const description = folder === '.' ? '' : folder;
  return { label: `${isCurrent ? '$(check) ' : ''}${baseName(uri)}`, description, uri };
}

/**
 * Asks which file the model was trained on; null when the user changed their mind.
 * @param near the file that is tested, or a folder's file beside which training files are likely.
 */
export async function pickTrainingFile(
  near: vscode.Uri,
  current: vscode.Uri | null,
): Promise<vscode.Uri | null> {
  const others = (await candidates(near)).filter(uri => uri.toString() !== current?.toString());
  const items: FileItem[] = [
    ...[...(current ? [current] : []), ...others].map(uri => itemFor(uri, current)),
    {
      label: `$(folder-opened) ${vscode.l10n.t('Browse...')}`,
      description: vscode.l10n.t('a .jsonl, .csv, .tsv or .conll file with labels'),
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Glassbox: Select Training File'),
    placeHolder: vscode.l10n.t('Which file was the model trained on? It is only read.'),
    matchOnDescription: true,
  });
  if (!picked) return null;
  return picked.uri ?? browse(near);
}

async function browse(near: vscode.Uri): Promise<vscode.Uri | null> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Select the file that the model was trained on'),
      openLabel: vscode.l10n.t('Use as Training File'),
      defaultUri: vscode.Uri.joinPath(near, '..'),
      canSelectMany: false,
      filters: { [vscode.l10n.t('Datasets')]: [...datasetEndings] },
    })) ?? [];
  return file ?? null;
}
