/** Small models with labels of one's own, and training files for them. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Example } from '../../src/interpret/influence/curvature/batches';
import type { FeatureSource } from '../../src/interpret/influence/head/features';
import type { TrainingSet } from '../../src/interpret/influence/trainingSet';
import { loadModel } from '../../src/model/loadModel';
import type { Model } from '../../src/model/model';
import { seededRandom } from './numbers';
import type { Folders } from './models';

/** A family's model that takes text (27 words), with these labels and what else config.json is to say. */
export async function labelledModel(
  folders: Folders,
  family: string,
  labels: readonly string[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<Model> {
  const folder = folders.textModel(family);
  const file = path.join(folder, 'config.json');
  const own = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const id2label = Object.fromEntries(labels.entries());
  writeFileSync(file, JSON.stringify({ ...own, ...config, id2label }));
  return await loadModel(folder, 'cpu');
}

const vocabulary = ['a', 'b', 'the', 'film', 'is', 'good', 'bad', 'not', 'very', 'charm', '!'];

/** Texts of 1 to `longest` words, by a seed; hardly two alike. */
export function texts(count: number, seed: number, longest = 12): string[] {
  const random = seededRandom(seed);
  const pick = (below: number): number => Math.floor(random() * below);
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + pick(longest) }, () => vocabulary[pick(vocabulary.length)]!).join(' '),
  );
}

/** A JSONL file of records, one a line. */
export function jsonl(records: readonly unknown[]): string {
  return records.map(record => `${JSON.stringify(record)}\n`).join('');
}

export async function allExamples(set: TrainingSet, numbers?: number[]): Promise<Example[]> {
  const all: Example[] = [];
  for await (const { examples } of set.examples(numbers && { numbers })) all.push(...examples);
  return all;
}

/** All rows of a source in memory. */
export async function allRows(
  source: FeatureSource,
): Promise<{ features: number[]; targets: number[]; weights: number[]; rows: number }> {
  const [features, targets, weights] = [[], [], []] as [number[], number[], number[]];
  let rows = 0;
  for await (const block of source.blocks()) {
    features.push(...block.features);
    targets.push(...block.targets);
    weights.push(...(block.weights ?? Array<number>(block.rows).fill(1)));
    rows += block.rows;
  }
  return { features, targets, weights, rows };
}
