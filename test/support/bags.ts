/** Small models of words that are named: a word's numbers, and what is made of them, are chosen by the test. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadModel } from '../../src/model/loadModel';
import type { Model } from '../../src/model/model';
import type { GraphBuilder } from '../../src/onnx/builder';
import { Folders, wordModel } from './models';

interface TokenizerFile {
  model: { vocab: Record<string, number> };
  normalizer: { lowercase: boolean };
  truncation: null;
  padding: null;
}

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** Vectors of words (pieces '##x' too), all of one width; those of special tokens are zero. */
export type Words = Readonly<Record<string, readonly number[]>>;

export interface BagOptions {
  readonly lowercase?: boolean;
  /** What config.json holds: the labels, and another task. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * A classifier with the labels 'yes' and 'no' and BERT's tokenizer for these words. `head` makes logits [batch, 2] of word
 * vectors [batch, length, width].
 */
export async function bagModel(
  folders: Folders,
  words: Words,
  head: (b: GraphBuilder, vectors: string) => string,
  { lowercase = true, config = { id2label: { 0: 'yes', 1: 'no' } } }: BagOptions = {},
): Promise<Model> {
  const file = path.resolve('test', 'fixtures', 'tokenizers', 'wordpiece', 'tokenizer.json');
  const tokenizer = JSON.parse(readFileSync(file, 'utf8')) as TokenizerFile;
  const names = [...special, ...Object.keys(words)];
  const { length: width } = Object.values(words)[0]!;
  const zero = new Array<number>(width).fill(0);
  tokenizer.model.vocab = Object.fromEntries(names.map((name, id) => [name, id]));
  tokenizer.normalizer.lowercase = lowercase;
  tokenizer.truncation = null;
  tokenizer.padding = null;
  const folder = folders.with({
    'model.onnx': wordModel(
      names.map(name => words[name] ?? zero),
      head,
    ),
    'config.json': JSON.stringify(config),
    'tokenizer.json': JSON.stringify(tokenizer),
  });
  return await loadModel(folder, 'cpu');
}

/** Logits [sum over the tokens of their only number, 0]. */
export const sumOfNumbers = (b: GraphBuilder, vectors: string): string =>
  b.op('MatMul', [
    b.op('ReduceSum', [vectors, b.ints([1])], { keepdims: 0 }),
    b.constant('float32', [1, 2], [1, 0]),
  ]);
