/** Labelled lines of a JSONL file (`text`, `label`) as a model reads them, for studies. */
import { readFileSync } from 'node:fs';
import type { Example } from '../../src/interpret/influence/curvature/batches';
import { FeatureProgram } from '../../src/interpret/influence/head/featureProgram';
import { readTexts } from '../../src/interpret/task/readText';
import type { Model } from '../../src/model/model';

export interface LabelledLine {
  readonly text: string;
  readonly label: string;
}

export function readLines(file: string): LabelledLine[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map(line => JSON.parse(line) as LabelledLine);
}

/** Tokenised, with their labels as targets. */
export async function examplesOf(model: Model, lines: readonly LabelledLine[]): Promise<Example[]> {
  const texts = lines.map(({ text }) => ({ text }));
  const { reads } = await readTexts(model, texts, {}, {});
  const { labels } = model.about.head;
  return lines.map(({ label }, i) => ({
    row: reads[i]!.hand.windows[0]!.row,
    target: labels.indexOf(label),
  }));
}

/** What the last linear map reads of each, [examples, width]. */
export async function featuresOf(
  model: Model,
  examples: readonly Example[],
): Promise<Float32Array> {
  const program = await FeatureProgram.of(model);
  return (await program.run(examples.map(({ row }) => row))).features;
}
