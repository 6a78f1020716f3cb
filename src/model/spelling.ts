/**
 * Whether tokenizer and embedding table were trained together. A tokenizer of the right kind and size with other words in
 * it fits by every number, and every explanation with it is nonsense. But in a trained table the vectors of words
 * that are spelt alike ("film", "films", "##film") lie closer together than those of any two words.
 */
import type { Constant } from '../onnx/graph';
import { elementsOf } from '../onnx/tensorData';
import type { HealthCheck } from '../protocol/explanation';
import type { Tokenizer } from '../runtime/tokenizer';

/** With fewer pairs, or in a table so large, it is not looked at. */
const leastPairs = 500;
const mostPairs = 2000;
const mostBytes = 2 ** 28;
const mostTokens = 60_000;
/** Of the tables that were looked at, trained ones had 11 and more, those with permuted words less than 4. */
const leastZ = 5;

const endings = ['s', 'd', 'ed', 'er', 'ly', 'ing'];

/** Null where nothing can be said: few pairs, whole-word vocabularies (often trained with few repetitions), very large tables. */
export function checkSpelling(tokenizer: Tokenizer, table: Constant): HealthCheck | null {
  const [rows, width] = table.dims as [number, number];
  if (!hasPieces(tokenizer) || rows * width * 4 > mostBytes) return null;
  const pairs = pairsOf(tokenizer, Math.min(rows, mostTokens));
  if (pairs.length < leastPairs) return null;
  const cosine = cosinesIn(elementsOf(table) as Float32Array, rows, width);
  const alike = moments(pairs.map(([a, b]) => cosine(a, b)));
  // A stride that is prime to most sizes visits rows all over the table.
  const others = moments(pairs.map((_, i) => cosine((i * 7919) % rows, (i * 104_729 + 13) % rows)));
  const error = Math.sqrt((alike.variance + others.variance) / pairs.length);
  const z = error === 0 ? 0 : (alike.mean - others.mean) / error;
  if (z >= leastZ) return null;
  return {
    check: 'spelling',
    ok: false,
    value: z,
    says: `The tokenizer may belong to another model, or the model's word vectors are hardly trained: those of words that are spelt alike are no closer than those of any two words (${z.toFixed(1)} standard errors over ${pairs.length} pairs).`,
  };
}

function hasPieces({ kind }: Tokenizer): boolean {
  return kind !== 'WordLevel';
}

/** Tokens of the same letters, or of the same with an ending. */
function pairsOf(tokenizer: Tokenizer, rows: number): [number, number][] {
  const byLetters = new Map<string, number[]>();
  for (let id = 0; id < rows; id++) {
    const letters = /^(?:##|\u0120|\u2581)?(\p{L}{3,})(?:<\/w>)?$/u.exec(
      tokenizer.tokenOf(id) ?? '',
    );
    if (!letters) continue;
    const key = letters[1]!.toLowerCase();
    const ids = byLetters.get(key);
    if (ids) ids.push(id);
    else byLetters.set(key, [id]);
  }
  const pairs: [number, number][] = [];
  for (const [key, ids] of byLetters) {
    for (const [at, a] of ids.entries()) for (const b of ids.slice(at + 1)) pairs.push([a, b]);
    for (const ending of endings) {
      for (const b of byLetters.get(key + ending) ?? []) pairs.push([ids[0]!, b]);
    }
  }
  // All over the vocabulary, whose beginning is often of another kind.
  const step = Math.max(1, pairs.length / mostPairs);
  return Array.from(
    { length: Math.min(pairs.length, mostPairs) },
    (_, i) => pairs[Math.floor(i * step)]!,
  );
}

/** Of rows less their mean: what all have in common says nothing. */
function cosinesIn(
  numbers: Float32Array,
  rows: number,
  width: number,
): (a: number, b: number) => number {
  const step = Math.max(1, Math.floor(rows / mostPairs));
  const mean = new Float64Array(width);
  let count = 0;
  for (let row = 0; row < rows; row += step, count++) {
    for (let i = 0; i < width; i++) mean[i]! += numbers[row * width + i]!;
  }
  for (let i = 0; i < width; i++) mean[i]! /= count;
  return (a, b) => {
    let [ab, aa, bb] = [0, 0, 0];
    for (let i = 0; i < width; i++) {
      const x = numbers[a * width + i]! - mean[i]!;
      const y = numbers[b * width + i]! - mean[i]!;
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
  };
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, variance };
}
