/** The model of work on lines: loaded before anything else, so that its hash and its labels are known. */
import * as vscode from 'vscode';
import type { ModelInfo, ReadingOptions } from '../../protocol';
import type { ChoiceMemory } from '../choices';
import { modelAsked } from '../explain/askEngine';
import type { Engine } from '../explain/engine';
import { withSlowProgress } from '../explain/slowProgress';
import type { ModelStatus } from '../models/modelStatus';
import { aboutModel } from '../models/modelUse';

export interface LinesModelParts {
  readonly engine: Engine;
  readonly choices: ChoiceMemory;
  readonly status: Pick<ModelStatus, 'set'>;
}

/** `used` names the model for other requests. Throws what the engine throws. */
export async function loadForLines(
  { engine, status }: Pick<LinesModelParts, 'engine' | 'status'>,
  modelDir: string,
  reading: ReadingOptions,
  controller: AbortController,
): Promise<{ readonly used: ReturnType<typeof modelAsked>; readonly model: ModelInfo }> {
  const used = modelAsked(modelDir, reading);
  status.set('busy');
  const title = vscode.l10n.t('Glassbox: loading the model');
  const { signal } = controller;
  const model = await withSlowProgress(title, controller, onProgress =>
    engine.call('loadModel', used, { signal, onProgress }),
  );
  status.set('idle', aboutModel(model));
  return { used, model };
}
