/** A small model of each task that can be traced, with a training file and texts to ask about. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { recordAt, textInput } from '../../src/dataset';
import { openTrainingSet } from '../../src/interpret/influence/train/openTrainingSet';
import type { TrainingSet } from '../../src/interpret/influence/trainingSet';
import type { MethodContext } from '../../src/interpret/influence/method';
import { loadModel } from '../../src/model/loadModel';
import type { Model } from '../../src/model/model';
import type { TextInput } from '../../src/protocol/task';
import { Folders, wordModel } from './models';
import { normals, seededRandom } from './numbers';
import { jsonl, labelledModel, texts } from './trainFiles';

export const taskNames = ['label', 'binary', 'labels', 'numbers', 'tags'] as const;
export type TaskName = (typeof taskNames)[number];

const three = ['bad', 'good', 'mixed'];
const tagNames = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'];

export class InfluenceTasks {
  readonly folders = new Folders();
  private readonly models = new Map<TaskName, Promise<Model>>();
  private readonly sets: TrainingSet[] = [];

  model(name: TaskName): Promise<Model> {
    const kept = this.models.get(name) ?? this.load(name);
    this.models.set(name, kept);
    return kept;
  }

  /** Lines with labels drawn by the seed, and what is asked for each of them. */
  async open(name: TaskName, count: number, seed = 1): Promise<TrainingSet> {
    return await this.openFile(name, jsonl(recordsOf(name, count, seed)));
  }

  async openFile(name: TaskName, content: string): Promise<TrainingSet> {
    const file = path.join(this.folders.with({ 'train.jsonl': content }), 'train.jsonl');
    const cacheDir = this.folders.empty();
    const set = await openTrainingSet(await this.model(name), { path: file }, { cacheDir });
    this.sets.push(set);
    return set;
  }

  context(train: TrainingSet): MethodContext {
    const openModel = (dir: string): Promise<Model> => loadModel(dir, 'cpu');
    return { model: train.model, train, openModel, cacheDir: this.folders.empty() };
  }

  async release(): Promise<void> {
    for (const set of this.sets) await set.release();
    for (const model of this.models.values()) await (await model).release();
    this.folders.remove();
  }

  private async load(name: TaskName): Promise<Model> {
    switch (name) {
      case 'label':
        return await labelledModel(this.folders, 'bert', three);
      case 'labels':
        return await labelledModel(this.folders, 'bert', three, {
          problem_type: 'multi_label_classification',
        });
      case 'numbers':
        return await labelledModel(this.folders, 'bert', three, { problem_type: 'regression' });
      case 'tags':
        return await labelledModel(this.folders, 'bert-ner', tagNames);
      case 'binary':
        return await loadModel(wordFolder(this.folders, 1, ['no', 'yes']), 'cpu');
    }
  }
}

/** The mean of random word vectors and a linear layer: as wide as is wanted, and quick. */
export function wordFolder(
  folders: Folders,
  outputs: number,
  labels: readonly string[],
  width = 6,
): string {
  const random = seededRandom(outputs);
  const table = Array.from({ length: 120 }, () => normals(random, width));
  const onnx = wordModel(table, (b, words) => {
    const mean = b.op('ReduceMean', [words, b.ints([1])], { keepdims: 0 });
    const weight = normals(random, width * outputs);
    const product = b.op('MatMul', [
      mean,
      b.constant('float32', [width, outputs], weight, 'classifier.weight'),
    ]);
    const bias = b.constant('float32', [outputs], normals(random, outputs), 'classifier.bias');
    return b.op('Add', [product, bias]);
  });
  const config = { id2label: Object.fromEntries(labels.entries()) };
  const folder = folders.with({ 'model.onnx': onnx, 'config.json': JSON.stringify(config) });
  const tokenizer = path.resolve('test', 'fixtures', 'tokenizers', 'wordpiece', 'tokenizer.json');
  cpSync(tokenizer, path.join(folder, 'tokenizer.json'));
  return folder;
}

/** Records of a JSONL file, labels drawn by the seed. */
export function recordsOf(name: TaskName, count: number, seed: number): object[] {
  const random = seededRandom(seed + 100);
  const pick = (names: readonly string[]): string => names[Math.floor(random() * names.length)]!;
  return texts(count, seed).map(text => {
    switch (name) {
      case 'label':
        return { text, label: pick(three) };
      case 'binary':
        return { text, label: pick(['no', 'yes']) };
      case 'labels':
        return { text, label: three.filter(() => random() < 0.5) };
      case 'numbers':
        return { text, label: three.map(() => Math.round(100 * random()) / 50) };
      case 'tags': {
        const tokens = text.split(' ');
        return { tokens, tags: tokens.map(() => pick(['O', 'B-PER', 'B-LOC'])) };
      }
    }
  });
}

/** Records as texts that are asked about. */
export function inputsOf(records: readonly object[]): TextInput[] {
  const lines = jsonl(records).trimEnd().split('\n');
  const source = { name: 'test.jsonl', lineCount: lines.length, line: (i: number) => lines[i]! };
  return lines.map((_, line) => textInput(recordAt(source, 'jsonl', line)));
}
