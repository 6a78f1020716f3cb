/** The commands that look at training files. */
import * as vscode from 'vscode';
import type { InfluenceResult, SuspicionResult } from '../../protocol';
import { shortPath } from '../lines/linesDataset';
import { findLines } from '../lines/selection';
import type { ModelUse } from '../models/modelUse';
import { findTarget, isDataset, readArgument } from '../records/target';
import { HostError } from '../report';
import type { InfluenceCache } from './influenceCache';
import type { Suspicions } from './suspicions';
import type { TrainingChoice } from './trainingChoice';
import type { Tracer } from './tracer';

export interface InfluenceCommandParts {
  readonly tracer: Tracer;
  readonly suspicions: Suspicions;
  readonly training: TrainingChoice;
  readonly cache: InfluenceCache;
  readonly use: Pick<ModelUse, 'dirFor'>;
  /** The last text editor with a dataset in it, for commands that are run from the panel. */
  readonly lastEditor: () => vscode.TextEditor | null;
}

export async function traceInfluence(
  { tracer, lastEditor }: InfluenceCommandParts,
  argument: unknown,
): Promise<InfluenceResult | null> {
  const target = await findTarget(argument, lastEditor());
  return target && tracer.trace(target);
}

/** Of the selected lines, or of the whole file. */
export async function traceSelection(
  { tracer, lastEditor }: InfluenceCommandParts,
  argument: unknown,
  whole: boolean,
): Promise<InfluenceResult | null> {
  return tracer.traceLines(await findLines(argument, lastEditor(), whole));
}

/** In the file that was pointed at; from the palette a person is asked. */
export async function findSuspiciousLabels(
  parts: InfluenceCommandParts,
  argument: unknown,
): Promise<SuspicionResult | null> {
  const { uri } = readArgument(argument);
  return uri ? parts.suspicions.find(uri) : parts.suspicions.ask(placeAtHand(parts));
}

/** Remembers another training file for the model; null when the user changed their mind. */
export async function selectTrainingFile(
  parts: InfluenceCommandParts,
  argument: unknown,
): Promise<vscode.Uri | null> {
  const { uri } = readArgument(argument);
  const near = uri ?? placeAtHand(parts);
  const modelDir = await parts.use.dirFor(near, false);
  if (modelDir === null) return null;
  const { signal } = new AbortController();
  const chosen = await parts.training.find(modelDir, near, { anew: true, signal });
  if (!chosen) return null;
  const says = vscode.l10n.t('Glassbox: traces look in {0} now.', shortPath(chosen.uri.fsPath));
  vscode.window.setStatusBarMessage(says, 4000);
  return chosen.uri;
}

export async function deleteInfluenceCache({
  tracer,
  suspicions,
  cache,
}: InfluenceCommandParts): Promise<void> {
  for (const work of [tracer, suspicions]) work.cancel();
  const megabytes = (await cache.delete()) / 2 ** 20;
  const says = vscode.l10n.t(
    'Glassbox: the influence cache was deleted ({0} MB).',
    megabytes.toFixed(1),
  );
  vscode.window.setStatusBarMessage(says, 4000);
}

/** The dataset in the active editor or the last one, else any place in the workspace. */
function placeAtHand({ lastEditor }: InfluenceCommandParts): vscode.Uri {
  const active = vscode.window.activeTextEditor?.document.uri;
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const near =
    (active && isDataset(active) ? active : lastEditor()?.document.uri) ??
    (folder && vscode.Uri.joinPath(folder.uri, 'train'));
  if (near) return near;
  const says = vscode.l10n.t(
    'Open a .jsonl, .csv, .tsv or .conll file in the text editor, or its folder as the workspace.',
  );
  throw new HostError('bad-input', says, []);
}
