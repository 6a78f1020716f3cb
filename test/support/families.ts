/** The small models of each architecture with their reference numbers (float64, PyTorch), as committed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readModel } from '../../src/onnx/readModel';
import type { Graph } from '../../src/onnx/graph';
import type { Feeds, TensorValue } from '../../src/runtime/session';

/** Those that give one label to a text. */
export const familyNames = [
  'bert',
  'bert-opset11',
  'bert-sdpa',
  'bert-dynamo',
  'roberta',
  'distilbert',
  'electra',
  'albert',
  'deberta-v2',
  'gpt2',
  'llama',
  'qwen2-sdpa',
  'modernbert',
  'cnn',
  'lstm',
  'bilstm',
  'gru',
] as const;

/** Those that give labels to tokens, words to masks, or begin and end of an answer. */
export const tokenFamilyNames = ['bert-ner', 'bert-mlm', 'bert-qa'] as const;

/** What golden.json of a sequence classifier holds; [rows][tokens] or [rows][tokens][dim]. */
export interface Golden {
  readonly name: string;
  readonly input_names: string[];
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
  readonly token_type_ids: number[][] | null;
  readonly logits: number[][];
  readonly target: number[];
  readonly grad_logit: number[][][];
  readonly loss: number[];
  readonly grad_loss: number[][][];
  readonly dot: number[][];
  readonly l1: number[][];
  readonly l2: number[][];
  readonly allennlp_simple_gradient: number[][];
  readonly allennlp_integrated_gradient: number[][];
  readonly ig_gausslegendre50_logit: number[][];
  readonly ig_completeness: { sum: number[]; logit_minus_baseline: number[] };
  readonly labels?: number[];
  readonly row_loss?: number[];
  readonly grad_inner_all_params?: number[][];
  readonly g0_H_gj_all_params?: number[];
  readonly n_params?: number;
}

/**
 * The same of a model with an answer at each token, [rows][tokens][choices]. `target` is the label of position 1
 * or, of question answering, the position of the largest logit 0 among those that the mask lets through.
 */
export interface TokenGolden extends Omit<Golden, 'logits' | 'ig_completeness'> {
  readonly logits: number[][][];
}

export interface Family<G = Golden> {
  readonly graph: Graph;
  readonly golden: G;
  /** The golden rows as the model's inputs. */
  readonly feeds: Feeds;
}

export function familyDir(name: string): string {
  return path.resolve('test', 'fixtures', 'families', name);
}

export function loadFamily(name: string): Family {
  return load(name, readGolden(familyDir(name)));
}

export function loadTokenFamily(name: (typeof tokenFamilyNames)[number]): Family<TokenGolden> {
  return load(name, readGolden(familyDir(name)) as unknown as TokenGolden);
}

function load<G extends Pick<Golden, 'input_ids' | 'attention_mask' | 'token_type_ids'>>(
  name: string,
  golden: G,
): Family<G> {
  const file = path.join(familyDir(name), 'model.onnx');
  const graph = readModel(readFileSync(file), file);
  const all: Record<string, number[][] | null> = {
    input_ids: golden.input_ids,
    attention_mask: golden.attention_mask,
    token_type_ids: golden.token_type_ids,
  };
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name: input }) => [input, integers(all[input]!)]),
  );
  return { graph, golden, feeds };
}

/** The reference numbers in a folder; where the model takes no mask, every token counts. */
export function readGolden(dir: string): Golden {
  const file = path.join(dir, 'golden.json');
  const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;
  const mask = golden.attention_mask as number[][] | null;
  return { ...golden, attention_mask: mask ?? golden.input_ids.map(ids => ids.map(() => 1)) };
}

/** A matrix of integers as an int64 tensor. */
export function integers(rows: readonly (readonly number[])[]): TensorValue {
  const dims = [rows.length, rows[0]!.length];
  return { dtype: 'int64', dims, data: BigInt64Array.from(rows.flat(), BigInt) };
}

/** Two small runs of different batch and, where the export did not fix it, length, to learn shapes from. */
export function probeFeeds(graph: Graph): Feeds[] {
  const columns = graph.inputs[0]!.dims?.[1];
  const probe = (batch: number, length: number): Feeds => {
    const ones = Array.from({ length: batch }, () => Array<number>(length).fill(1));
    return Object.fromEntries(graph.inputs.map(({ name }) => [name, integers(ones)]));
  };
  const lengths = typeof columns === 'number' ? [columns, columns] : [3, 5];
  return lengths.map((length, i) => probe(2 + i, length));
}
