/** The features of the sample's reviews, for tests of influence by the last layer. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FeatureProgram } from '../../src/interpret/influence/head/featureProgram';
import type { FeatureSource } from '../../src/interpret/influence/head/features';
import type { HeadQuery } from '../../src/interpret/influence/head/headInfluence';
import type { LinearHead } from '../../src/interpret/influence/head/linearHead';
import { loadModel } from '../../src/model/loadModel';
import type { Model } from '../../src/model/model';
import { examplesOf, featuresOf, readLines } from './labelledSet';
import { oneHot, sourceOf } from './featuresInMemory';

const folder = path.resolve('media', 'sample');

export interface SampleSet {
  readonly source: FeatureSource;
  readonly labels: readonly number[];
  readonly features: Float32Array;
  query(row: number): HeadQuery;
}

export interface SampleHead {
  readonly head: LinearHead;
  readonly train: SampleSet;
  readonly dev: SampleSet;
  /** Rows of `train` whose labels are wrong on purpose, by the sample's README. */
  readonly planted: readonly number[];
}

export async function loadSampleHead(): Promise<SampleHead> {
  const model = await loadModel(path.join(folder, 'model'), 'cpu');
  try {
    const { head } = (await FeatureProgram.of(model)).place;
    const train = await readSet(model, 'reviews.train.jsonl');
    const dev = await readSet(model, 'reviews.dev.jsonl');
    return { head, train, dev, planted: plantedRows() };
  } finally {
    await model.release();
  }
}

async function readSet(model: Model, name: string): Promise<SampleSet> {
  const examples = await examplesOf(model, readLines(path.join(folder, name)));
  const features = await featuresOf(model, examples);
  const classes = model.about.head.classes!;
  const labels = examples.map(({ target }) => target as number);
  const targets = oneHot(labels, classes);
  const width = features.length / labels.length;
  return {
    source: sourceOf(features, targets, labels.length),
    labels,
    features,
    query: row => ({
      features: features.subarray(row * width, (row + 1) * width),
      target: targets.subarray(row * classes, (row + 1) * classes),
    }),
  };
}

/** Rows of the training file (from 0) whose labels are wrong on purpose, by the sample's README. */
export function plantedRows(): number[] {
  const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const [, rest] = readme.split('<!-- mislabelled -->');
  const [table] = rest!.split('<!-- end -->');
  return [...table!.matchAll(/^\| (\d+) \|/gmu)].map(match => Number(match[1]) - 1);
}
