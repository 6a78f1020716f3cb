/** Which tokens drive a file: what every word does to the model's labels, beside what it says about the gold labels. */
import path from 'node:path';
import type { PredictRequest, DriversSettings, DriversState } from '../../protocol/evaluation';
import type { ExplainManyRequest, NotExplained } from '../../protocol/engineMessages';
import type { Explanation, ModelInfo } from '../../protocol/explanation';
import { GlassboxError } from '../../protocol/messages';
import type { LabelChoice, TextInput } from '../../protocol/task';
import { loadModelOf } from '../askEngine';
import type { BatchEngine } from '../engine';
import { aboutDataset, askInChunks } from '../recordChunks';
import { countRecordsOf, type RunDataset } from '../runDataset';
import { pullsOf, type Pull } from './pulls';
import { WordTable } from './wordTable';

export interface DriversRun {
  readonly dataset: RunDataset;
  readonly question: Omit<PredictRequest, 'texts'>;
  readonly settings: DriversSettings;
}

export interface DriversWatch {
  readonly signal?: AbortSignal | undefined;
  /** Before the first line, and after each chunk. */
  readonly onProgress?: (state: DriversState) => void;
}

/**
 * One gradient a label is enough here: that it is noisy for a single word is levelled out by the mean over a file, and the standard error tells
 * what is left.
 */
export const defaultDrivers: DriversSettings = {
  method: 'input-x-gradient',
  parameters: {},
  scalar: 'logit',
  leastLines: 5,
};

/** With more labels than these only the predicted one of each line is explained. */
const mostLabels = 6;

/**
 * Runs to the end ('done'), or until the signal ('stopped', with what was found so far). Lines that cannot be read or explained count as done and
 * add nothing. Throws GlassboxError: 'unsupported' for a model that does not judge whole texts, and as evaluationRun.
 */
export async function driversRun(
  { dataset, question, settings }: DriversRun,
  engine: BatchEngine<'explainMany'>,
  { signal, onProgress }: DriversWatch = {},
): Promise<DriversState> {
  let table = new WordTable([], settings.leastLines);
  let [modelName, total, done] = ['', 0, 0];
  const now = (state: DriversState['state']): DriversState => ({
    file: path.basename(dataset.file),
    about: aboutDataset(dataset),
    modelName,
    settings,
    total,
    done,
    rows: table.rows(),
    labels: table.labels,
    state,
  });
  try {
    total = await countRecordsOf(dataset, signal);
    const model = await loadModelOf(engine, question, signal);
    modelName = model.name;
    table = new WordTable(labelsOf(model), settings.leastLines);
    onProgress?.(now('running'));
    const choices = choicesOf(model);
    const chunks = askInChunks<LineMaps>({
      dataset,
      ask: texts => explainAll(engine, requestOf(question, settings), texts, choices, signal),
      loadAgain: () => loadModelOf(engine, question, signal),
      signal,
    });
    for await (const chunk of chunks) {
      done += chunk.length;
      for (const asked of chunk) {
        if (asked.input === null || 'failed' in asked) continue;
        const found = pullsIn(asked.answer, asked.input, model, choices);
        if (found) table.add(asked.place.line, found.pulls, found.gold);
      }
      onProgress?.(now('running'));
    }
    return now('done');
  } catch (error) {
    if (error instanceof GlassboxError && error.code === 'cancelled') return now('stopped');
    throw error;
  }
}

/** Explanations of one line, one a choice. */
type LineMaps = readonly (Explanation | NotExplained)[];

function requestOf(
  question: DriversRun['question'],
  { method, parameters, scalar }: DriversSettings,
): Omit<ExplainManyRequest, 'texts' | 'label'> {
  // The pieces of a word add up to it.
  return { ...question, method, parameters, scalar, wordScores: 'sum' };
}

async function explainAll(
  engine: BatchEngine<'explainMany'>,
  request: Omit<ExplainManyRequest, 'texts' | 'label'>,
  texts: readonly TextInput[],
  choices: readonly LabelChoice[],
  signal: AbortSignal | undefined,
): Promise<LineMaps[]> {
  const byChoice = await Promise.all(
    choices.map(label => engine.call('explainMany', { ...request, texts, label }, { signal })),
  );
  return texts.map((_, index) => byChoice.map(answers => answers[index]!));
}

/** Throws GlassboxError 'unsupported' for models that do not judge whole texts. */
function labelsOf({ task, labels }: ModelInfo): readonly string[] {
  switch (task) {
    case 'text-classification':
    case 'binary-classification':
    case 'multi-label-classification':
      return labels;
    case 'regression':
      return labels.length > 0 ? labels : ['value'];
    case 'token-classification':
    case 'fill-mask':
    case 'question-answering':
      throw new GlassboxError(
        'unsupported',
        'Which tokens drive a file can be told of models that judge whole texts; this one decides about single words or places.',
      );
  }
}

function choicesOf(model: ModelInfo): LabelChoice[] {
  const labels = labelsOf(model);
  if (model.task === 'regression' && model.labels.length === 0) return [{ kind: 'predicted' }];
  if (labels.length > mostLabels) return [{ kind: 'predicted' }];
  return labels.map(label => ({ kind: 'label', label }));
}

function pullsIn(
  maps: LineMaps,
  input: TextInput,
  { task, labels }: ModelInfo,
  choices: readonly LabelChoice[],
): { readonly pulls: readonly Pull[]; readonly gold: readonly string[] | null } | null {
  const explained = maps.filter((map): map is Explanation => !('failed' in map));
  if (explained.length < choices.length) return null;
  const { prediction, gold } = explained[0]!;
  const pulls = pullsOf(explained, input, task);
  const isJudged = task !== 'regression' && gold !== null;
  return { pulls, gold: isJudged ? prediction.right.map(index => labels[index]!) : null };
}
