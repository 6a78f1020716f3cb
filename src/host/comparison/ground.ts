/** What every comparison of a line starts from: its record, its model, and what is asked about it. */
import * as vscode from 'vscode';
import type { ModelInfo, PanelChoices } from '../../protocol';
import type { ChoiceMemory } from '../choices';
import { modelAsked, readingOf } from '../explain/askEngine';
import type { Engine } from '../explain/engine';
import type { Explained } from '../explain/explained';
import { withSlowProgress } from '../explain/slowProgress';
import type { ModelUse } from '../models/modelUse';
import type { FoundRecord, RecordReader } from '../records/readRecord';
import type { Target } from '../records/target';

export interface GroundParts {
  readonly engine: Engine;
  readonly use: Pick<ModelUse, 'dirFor' | 'checkTrust'>;
  readonly reader: RecordReader;
  readonly choices: ChoiceMemory;
  /** What the panel explains. */
  readonly explained: () => Pick<Explained, 'found' | 'state'> | null;
}

export interface Ground {
  readonly found: FoundRecord;
  readonly modelDir: string;
  readonly used: ReturnType<typeof modelAsked>;
  readonly model: ModelInfo;
  /** The remembered choices; of the line that the panel explains, with the question that it shows. */
  readonly wanted: PanelChoices;
  /** The question was asked about this very text. */
  readonly sameText: boolean;
}

/** Null when the user changed their mind. Throws as reading, the trust of the workspace and the engine do. */
export async function groundOf(
  parts: GroundParts,
  target: Target,
  controller: AbortController,
  dir: string | null = null,
): Promise<Ground | null> {
  const { engine, use, reader, choices } = parts;
  const { signal } = controller;
  const found = await reader.read(target, signal);
  if (dir !== null) await use.checkTrust(dir);
  const modelDir = dir ?? (await use.dirFor(found.uri, false));
  if (modelDir === null || signal.aborted) return null;
  const remembered = choices.get();
  const used = modelAsked(modelDir, readingOf(remembered, found.uri));
  const title = vscode.l10n.t('Glassbox: loading the model');
  const model = await withSlowProgress(title, controller, onProgress =>
    engine.call('loadModel', used, { signal, onProgress }),
  );
  const shown = parts.explained();
  const { text, pair } = found.info;
  const sameText =
    shown?.found.uri.toString() === found.uri.toString() &&
    shown.state.record.text === text &&
    shown.state.record.pair?.text === pair?.text;
  const label = sameText ? shown.state.choices.label : remembered.label;
  return { found, modelDir, used, model, wanted: { ...remembered, label }, sameText };
}
