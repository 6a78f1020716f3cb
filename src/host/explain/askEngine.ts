/** One record to the engine, with the choices that fit it. */
import type * as vscode from 'vscode';
import type {
  CallOptions,
  Explanation,
  ExplainRequest,
  ModelInfo,
  PanelChoices,
  PanelState,
  ReadingOptions,
  TaskKind,
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
  /** Nobody has chosen what is explained: of a wrong prediction, predicted against gold, where that can be asked. */
  readonly contrastWhereWrong?: boolean;
}

export interface Answered {
  readonly model: ModelInfo;
  /** Those that were asked with. */
  readonly choices: PanelChoices;
  /** What is remembered of them; the same, but for a contrast that nobody has chosen. */
  readonly remembered: PanelChoices;
  readonly explanation: Explanation;
}

/**
 * Loads the model and asks. A question that was remembered from another line and makes no sense here is
 * asked as what is predicted. Throws GlassboxError.
 */
export async function askEngine(
  engine: Engine,
  asked: Ask,
  calling: CallOptions,
): Promise<Answered> {
  const { modelDir, found, wanted, sameText } = asked;
  const { info: record, uri } = found;
  const used = modelAsked(modelDir, readingOf(wanted, uri));
  const model = await engine.call('loadModel', used, calling);
  const { methods, labels } = model;
  const fitting = fitChoices(wanted, { methods, labels, record, sameText });
  const ask = async (choices: PanelChoices): Promise<Answered> => {
    const explanation = await engine.call('explain', requestFor(used, found, choices), calling);
    checkShape(explanation);
    return { model, choices, remembered: choices, explanation };
  };
  if (asked.contrastWhereWrong && (await shallContrast(engine, asked, fitting, model, calling))) {
    const contrast = await unlessImpossible(ask({ ...fitting, label: { kind: 'contrast' } }));
    if (contrast) return { ...saidAs(contrast, 'wrong'), remembered: fitting };
  }
  try {
    return await ask(fitting);
  } catch (error) {
    const isOld = !sameText && fitting.label.kind !== 'predicted';
    if (!isOld || !(error instanceof GlassboxError) || error.code !== 'bad-input') throw error;
    return ask({ ...fitting, label: { kind: 'predicted' } });
  }
}

/** The question as the engine is asked it. */
export function requestFor(
  used: ReturnType<typeof modelAsked>,
  { input, uri }: FoundRecord,
  choices: PanelChoices,
): ExplainRequest {
  const { method, scalar, label, parameters, aggregate } = choices;
  return {
    ...used,
    ...readingOf(choices, uri),
    ...input,
    method,
    parameters: { ...parameters, aggregate },
    scalar,
    label,
  };
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
  { model, choices, remembered, explanation }: Answered,
): PanelState {
  const memory = { uri: uri.toString(), line: startLine, choices: remembered };
  return { record, explanation, choices, methods: model.methods, memory };
}

const decidesOnce: readonly TaskKind[] = [
  'text-classification',
  'binary-classification',
  'multi-label-classification',
  'fill-mask',
  'question-answering',
];

/** Whether the first question about the line is what speaks for the prediction against what is gold. */
async function shallContrast(
  engine: Engine,
  { modelDir, found }: Ask,
  choices: PanelChoices,
  { methods, task }: ModelInfo,
  calling: CallOptions,
): Promise<boolean> {
  const isLinear = methods.some(({ name, linear }) => name === choices.method && linear);
  const mayBe = isLinear && choices.label.kind === 'predicted' && found.info.gold !== null;
  if (!mayBe || !decidesOnce.includes(task)) return false;
  const reading = readingOf(choices, found.uri);
  const request = { ...modelAsked(modelDir, reading), ...reading, texts: [found.input] };
  const predicted = await unlessImpossible(engine.call('predict', request, calling));
  const [only] = predicted ?? [];
  return only !== undefined && 'correct' in only && only.correct === false;
}

/** Null where it cannot be asked: of several labels, one may be missing and none too many. */
async function unlessImpossible<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GlassboxError && error.code === 'bad-input') return null;
    throw error;
  }
}

/** The panel says beside the question why it was asked. */
function saidAs(answered: Answered, why: string): Answered {
  const { explanation } = answered;
  return {
    ...answered,
    explanation: { ...explanation, explained: { ...explanation.explained, why } },
  };
}

/** One score a token, or nothing is shown at all. */
export function checkShape({ tokens, scores, attributions }: Explanation): void {
  if (scores.length === tokens.length && attributions.length === tokens.length) return;
  throw new GlassboxError('internal', 'The engine answered with a wrong number of scores.');
}
