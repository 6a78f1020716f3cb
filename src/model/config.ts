/** What config.json says about a model. */
import { readFile } from 'node:fs/promises';
import { GlassboxError, reasonOf } from '../protocol/messages';

export interface ModelConfig {
  /** The file, for messages; null where there is none. */
  readonly file: string | null;
  /** 'bert', 'roberta', ...; '' where the file does not say. */
  readonly modelType: string;
  /** 'BertForSequenceClassification'; the model type, or 'unknown', where the file does not say. */
  readonly architecture: string;
  /** Labels by index, from id2label or label2id; null where neither is there. */
  readonly labels: ReadonlyMap<number, string> | null;
  readonly labelCount: number | null;
  /** How many tokens the position embeddings allow; null where the file does not say. */
  readonly maxTokens: number | null;
  readonly padId: number | null;
  /** 'single_label_classification', 'multi_label_classification', 'regression' or ''. */
  readonly problem: string;
}

type Json = Record<string, unknown>;

/**
 * Model types that number positions from padding_idx + 1, as fairseq did: so many positions of
 * max_position_embeddings are never used.
 */
const positionsAfterPadding = new Set([
  'bridgetower',
  'camembert',
  'data2vec-text',
  'esm',
  'ibert',
  'layoutlmv3',
  'longformer',
  'mpnet',
  'roberta',
  'roberta-prelayernorm',
  'xlm-roberta',
  'xlm-roberta-xl',
  'xmod',
]);

/** Reads config.json; `file` null gives a configuration that says nothing. Throws 'bad-model'. */
export async function readConfig(file: string | null): Promise<ModelConfig> {
  const json = file === null ? {} : await readJson(file);
  const modelType = textOf(json['model_type']) ?? '';
  const architectures = json['architectures'];
  const architecture = Array.isArray(architectures) ? textOf(architectures[0]) : null;
  const padId = wholeOf(json['pad_token_id']);
  return {
    file,
    modelType,
    architecture: architecture ?? (modelType === '' ? 'unknown' : modelType),
    labels: labelsByIndex(json, file),
    labelCount: wholeOf(json['num_labels']),
    maxTokens: maxTokens(json, modelType, padId),
    padId,
    problem: textOf(json['problem_type']) ?? '',
  };
}

async function readJson(file: string): Promise<Json> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new GlassboxError(
      'bad-model',
      `${file} cannot be read as JSON (${reasonOf(error)}); copy it again from the model's Hugging Face folder.`,
    );
  }
  if (!isObject(value)) {
    throw new GlassboxError(
      'bad-model',
      `${file} is not a JSON object; copy it again from the model's Hugging Face folder.`,
    );
  }
  return value;
}

function labelsByIndex(json: Json, file: string | null): Map<number, string> | null {
  const labels = new Map<number, string>();
  const { id2label, label2id } = json;
  if (isObject(id2label)) {
    for (const [index, label] of Object.entries(id2label))
      labels.set(Number(index), nameOf(label, file));
  } else if (isObject(label2id)) {
    for (const [label, index] of Object.entries(label2id)) labels.set(Number(index), label);
  }
  return labels.size === 0 ? null : labels;
}

/** Numbers and truth values stand as names in some files; nothing else can be a name. */
function nameOf(label: unknown, file: string | null): string {
  if (['string', 'number', 'boolean'].includes(typeof label)) return String(label);
  throw new GlassboxError(
    'bad-model',
    `${file ?? 'config.json'} names a label ${JSON.stringify(label)} in "id2label", which is no name; write it as a text in double quotes.`,
  );
}

function maxTokens(json: Json, modelType: string, padId: number | null): number | null {
  const positions =
    wholeOf(json['max_position_embeddings']) ??
    wholeOf(json['n_positions']) ??
    wholeOf(json['seq_length']);
  if (positions === null || positions <= 0) return null;
  return positionsAfterPadding.has(modelType) ? positions - (padId ?? 1) - 1 : positions;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function wholeOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
