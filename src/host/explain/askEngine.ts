/** One record to the engine, with the choices that fit it. */
import type * as vscode from 'vscode';
import type {
  CallOptions,
  Explanation,
  ModelInfo,
  PanelChoices,
  PanelState,
  ReadingOptions,
} from '../../protocol';
import { GlassboxError } from '../../protocol';
import { fitChoices } from '../choices';
import type { FoundRecord } from '../records/readRecord';
import { deviceSetting, longTextSetting, taskSetting } from '../settings';
import type { Engine } from './engine';

export interface Ask {
  readonly modelDir: string;
  readonly found: FoundRecord;
  readonly wanted: PanelChoices;
  /** Whether the choices were made for this very text. */
  readonly sameText: boolean;
}

export interface Answered {
  readonly model: ModelInfo;
  /** Those that were asked with. */
  readonly choices: PanelChoices;
  readonly explanation: Explanation;
}

/**
 * Loads the model and asks. A question that was remembered from another line and makes no sense here is
 * asked as what is predicted. Throws GlassboxError.
 */
export async function askEngine(
  engine: Engine,
  { modelDir, found, wanted, sameText }: Ask,
  calling: CallOptions,
): Promise<Answered> {
  const { info: record, input, uri } = found;
  const used = modelAsked(modelDir, readingOf(wanted, uri));
  const model = await engine.call('loadModel', used, calling);
  const { methods, labels } = model;
  const fitting = fitChoices(wanted, { methods, labels, record, sameText });
  const ask = async (choices: PanelChoices): Promise<Answered> => {
    const { method, scalar, label, parameters, aggregate } = choices;
    const explanation = await engine.call(
      'explain',
      {
        ...used,
        ...readingOf(choices, uri),
        ...input,
        method,
        parameters: { ...parameters, aggregate },
        scalar,
        label,
      },
      calling,
    );
    checkShape(explanation);
    return { model, choices, explanation };
  };
  try {
    return await ask(fitting);
  } catch (error) {
    const isOld = !sameText && fitting.label.kind !== 'predicted';
    if (!isOld || !(error instanceof GlassboxError) || error.code !== 'bad-input') throw error;
    return ask({ ...fitting, label: { kind: 'predicted' } });
  }
}

/** Which model is asked, on which device, as which task. */
export function modelAsked(modelDir: string, { task }: Pick<ReadingOptions, 'task'>) {
  return { modelDir, device: deviceSetting(), ...(task && { task }) };
}

/** How texts of a file are read, whatever is asked about them. */
export function readingOf(
  { task, answerPart, wordScores }: PanelChoices,
  uri: vscode.Uri,
): ReadingOptions {
  const kind = task ?? taskSetting(uri);
  return {
    longText: longTextSetting(uri),
    answerPart,
    ...(kind && { task: kind }),
    ...(wordScores && { wordScores }),
  };
}

/** As the panel is given it. */
export function panelState(
  { info: record, record: { startLine }, uri }: FoundRecord,
  { model, choices, explanation }: Answered,
): PanelState {
  const memory = { uri: uri.toString(), line: startLine, choices };
  return { record, explanation, choices, methods: model.methods, memory };
}

/** One score a token, or nothing is shown at all. */
function checkShape({ tokens, scores, attributions }: Explanation): void {
  if (scores.length === tokens.length && attributions.length === tokens.length) return;
  throw new GlassboxError('internal', 'The engine answered with a wrong number of scores.');
}
