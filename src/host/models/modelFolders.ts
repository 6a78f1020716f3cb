/** Finds folders that look like models: a graph in them, or in their folder `onnx`. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { findFiles } from '../../model/files';

/** Enough for a list that a person reads; a workspace full of checkpoints stays quick. */
const mostFolders = 50;

/** Whether `dir` holds a model: a graph by one of the names that exporters give, or the only one there. */
export async function isModelFolder(dir: string): Promise<boolean> {
  return await findFiles(dir, false).then(
    () => true,
    () => false,
  );
}

/** The model folder of a `model.onnx`: its parent, or the one above a parent called `onnx`. */
export function modelFolderOf(modelFile: string): string {
  const parent = path.dirname(modelFile);
  return path.basename(parent) === 'onnx' ? path.dirname(parent) : parent;
}

/** Model folders of the open workspace, sorted, each once. */
export async function modelFoldersInWorkspace(): Promise<string[]> {
  const files = await vscode.workspace.findFiles(
    '**/{model,model_*}.onnx',
    '**/{node_modules,.git}/**',
    mostFolders,
  );
  const folders = files
    .filter(file => file.scheme === 'file')
    .map(file => modelFolderOf(file.fsPath));
  return [...new Set(folders)].sort();
}

/** Folder names that say nothing: many models live in one that is called so. */
const sayNothing = /^(models?|onnx|checkpoint|export|output|best)$/i;

/** A short name that tells the model from others: 'sst2-bert', 'sample/model'. */
export function modelTitle(dir: string): string {
  const name = path.basename(dir);
  const parent = path.basename(path.dirname(dir));
  return sayNothing.test(name) && parent !== '' ? `${parent}/${name}` : name || dir;
}
