import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { windowsOf } from '../../src/model/windows';
import { Tokenizer } from '../../src/runtime/tokenizer';
import type { Example } from './batches';
import { labelNames } from './modelFolder';
import type { Review } from './sampleData';
import { tokenizerConfig, tokenizerJson } from './wordPiece';

/** Reads a file of reviews, one JSON object a line. */
export function readReviews(file: string): Review[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map(line => JSON.parse(line) as Review);
}

/** Tokenizes reviews. */
export async function toExamples(
  reviews: readonly Review[],
  tokenizer: Tokenizer,
  maxTokens: number,
): Promise<Example[]> {
  return Promise.all(
    reviews.map(async ({ text, label }) => ({
      ids: await idsOf(text, tokenizer, maxTokens),
      label: labelNames.indexOf(label),
    })),
  );
}

/** As the extension reads the beginning of a text. */
async function idsOf(text: string, tokenizer: Tokenizer, maxTokens: number): Promise<number[]> {
  const options = { maxTokens, mode: 'start', overlap: null, slides: null } as const;
  const [window] = windowsOf(await tokenizer.encode({ text }), options);
  return [...window!.row.ids];
}

/** Writes the tokenizer's files to a folder and loads them as any model's: what is trained is what will be read. */
export async function tokenizerFor(
  vocabulary: readonly string[],
  maxTokens: number,
  folder: string,
): Promise<Tokenizer> {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: object): string => {
    const file = path.join(folder, name);
    writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);
    return file;
  };
  write('tokenizer_config.json', tokenizerConfig(maxTokens));
  return Tokenizer.load(write('tokenizer.json', tokenizerJson(vocabulary)));
}
