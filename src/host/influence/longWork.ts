/** What tracing and ranking have in common: how the engine is asked about a training file. */
import * as vscode from 'vscode';
import type {
  CallOptions,
  HealthCheck,
  InfluenceRequest,
  ModelInfo,
  Progress,
} from '../../protocol';
import { GlassboxError } from '../../protocol';
import type { ChoiceMemory } from '../choices';
import { modelAsked, readingOf } from '../explain/askEngine';
import type { Engine } from '../explain/engine';
import { withSlowProgress } from '../explain/slowProgress';
import { Throttle } from '../lines/throttle';
import { baseName } from '../records/target';
import type { ChosenTraining } from './trainingChoice';

export interface LongWorkParts {
  readonly engine: Engine;
  readonly choices: ChoiceMemory;
  /** A folder of the extension's own. */
  readonly cacheDir: string;
}

/** What is asked, but for the training file. */
export interface AskedTraining {
  readonly modelDir: string;
  /** The file whose settings say how texts are read. */
  readonly near: vscode.Uri;
  readonly train: ChosenTraining;
}

/** What every request about a training file has. */
type Common = Pick<
  InfluenceRequest,
  'modelDir' | 'device' | 'task' | 'longText' | 'train' | 'cacheDir'
>;

/** Loads the model and asks; the user sees how far it is. Throws GlassboxError. */
export async function askAboutTraining<Result>(
  { engine, choices, cacheDir }: LongWorkParts,
  { modelDir, near, train }: AskedTraining,
  ask: (common: Common, calling: CallOptions) => Promise<Result>,
  run: { readonly controller: AbortController; readonly says: string },
  onProgress: (progress: Progress) => void,
): Promise<{ readonly model: ModelInfo; readonly result: Result }> {
  const { controller, says } = run;
  const { signal } = controller;
  const reading = readingOf(choices.get(), near);
  const used = modelAsked(modelDir, reading);
  const { longText } = reading;
  const common = { ...used, ...(longText && { longText }), train: train.file, cacheDir };
  let isOver = false;
  const throttle = new Throttle<Progress>(progress => {
    if (!isOver && !signal.aborted) onProgress(progress);
  });
  try {
    return await withSlowProgress(`Glassbox: ${says}`, controller, async tell => {
      const calling: CallOptions = {
        signal,
        onProgress: progress => {
          tell(progress);
          throttle.offer(progress, 0);
        },
      };
      // The engine goes on where it was, so that one more try costs little.
      return await onceMore(signal, async () => {
        const model = await engine.call('loadModel', used, calling);
        return { model, result: await ask(common, calling) };
      });
    });
  } finally {
    isOver = true;
    throttle.flush();
  }
}

/** Tries again, once, where the engine was lost at work. */
async function onceMore<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isLost = error instanceof GlassboxError && error.code === 'engine-lost';
    if (!isLost || signal.aborted) throw error;
    return work();
  }
}

/** The engine reads the file on the disk: said where an editor has a newer one. */
export function unsavedNotes(uri: vscode.Uri): HealthCheck[] {
  const document = vscode.workspace.textDocuments.find(
    candidate => candidate.uri.toString() === uri.toString(),
  );
  if (document?.isDirty !== true) return [];
  const says = vscode.l10n.t(
    '{0} has changes that are not saved; the version on the disk was used.',
    baseName(uri),
  );
  return [{ check: 'unsaved', ok: false, value: null, says }];
}
