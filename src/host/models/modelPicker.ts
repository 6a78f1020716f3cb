/** The list from which a model is picked. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ModelChoice } from './modelChoice';
import { isModelFolder, modelFolderOf, modelFoldersInWorkspace, modelTitle } from './modelFolders';
import { HostError } from '../report';

interface ModelItem extends vscode.QuickPickItem {
  /** Absent on the separators and on Browse. */
  readonly dir?: string;
  readonly browse?: true;
}

function separator(label: string): ModelItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function item(dir: string, current: string | null): ModelItem {
  const place = vscode.workspace.asRelativePath(dir, true);
  const title = modelTitle(dir);
  return {
    label: dir === current ? `$(check) ${title}` : title,
    ...(place === title ? {} : { description: place }),
    dir,
  };
}

/**
 * The rows: models of the workspace, recent ones, the sample, and Browse; each folder once.
 * Recent folders that are gone are left out.
 */
async function items(choice: ModelChoice, sampleModel: string): Promise<ModelItem[]> {
  const current = choice.current();
  const inWorkspace = await modelFoldersInWorkspace();
  const shown = new Set(inWorkspace);
  const others = [...(current === null ? [] : [current]), ...choice.recent()];
  const recent: string[] = [];
  for (const dir of others) {
    if (shown.has(dir) || dir === sampleModel || !(await isModelFolder(dir))) continue;
    shown.add(dir);
    recent.push(dir);
  }
  const sample = !shown.has(sampleModel) && (await isModelFolder(sampleModel));
  return [
    ...(inWorkspace.length ? [separator(vscode.l10n.t('In this workspace'))] : []),
    ...inWorkspace.map(dir => item(dir, current)),
    ...(recent.length ? [separator(vscode.l10n.t('Recent'))] : []),
    ...recent.map(dir => item(dir, current)),
    ...(sample
      ? [
          separator(vscode.l10n.t('Comes with Glassbox')),
          {
            ...item(sampleModel, current),
            label: `${sampleModel === current ? '$(check) ' : ''}${vscode.l10n.t('Sample model')}`,
            description: vscode.l10n.t('sentiment of short reviews'),
          },
        ]
      : []),
    separator(''),
    {
      label: `$(folder-opened) ${vscode.l10n.t('Browse...')}`,
      description: vscode.l10n.t('a folder with model.onnx, config.json and tokenizer.json'),
      browse: true,
    },
  ];
}

async function browse(): Promise<string | null> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Select the folder of a model'),
      openLabel: vscode.l10n.t('Use as Model'),
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
    })) ?? [];
  return folder ? modelFolder(folder) : null;
}

/**
 * The model that is meant by `place`: a folder, the one above its folder `onnx`, or that of a `model.onnx`. An ONNX
 * file of another name is meant itself: it may be one of several forms of a model.
 */
export function folderMeant(place: string): string {
  const name = path.basename(place);
  if (name === 'model.onnx') return modelFolderOf(place);
  return name === 'onnx' ? path.dirname(place) : place;
}

/** The model folder that the user pointed at. Throws a HostError when there is no model in it. */
export async function modelFolder(pointedAt: vscode.Uri): Promise<string> {
  const found = folderMeant(pointedAt.fsPath);
  if (await isModelFolder(found)) return found;
  throw new HostError(
    'bad-model',
    vscode.l10n.t(
      'The folder {0} has no model.onnx and no onnx/model.onnx; choose the folder of a model exported to ONNX.',
      found,
    ),
    ['selectModel'],
  );
}

/** Lets the user pick a model folder; null when they changed their mind. */
export async function pickModel(
  choice: ModelChoice,
  sampleModel: string,
  placeHolder: string,
): Promise<string | null> {
  const picked = await vscode.window.showQuickPick(items(choice, sampleModel), {
    title: vscode.l10n.t('Glassbox: Select Model'),
    placeHolder,
    matchOnDescription: true,
  });
  if (picked?.browse) return browse();
  return picked?.dir ?? null;
}

/** Offers the choice to someone who wants a line explained and has chosen no model yet; remembers it. */
export async function offerModel(choice: ModelChoice, sampleModel: string): Promise<string | null> {
  const dir = await pickModel(
    choice,
    sampleModel,
    vscode.l10n.t('No model is selected yet. Which one shall explain this line?'),
  );
  if (dir !== null) await choice.pick(dir);
  return dir;
}
