/** From the numbers of tokens to those of words. */
import type { Normalisation, Token } from './explanation';
import type { WordScore, WordScores } from './task';
import { normalise } from './normalise';

/**
 * One entry a word that has tokens, in their order. 'max' is the number of the piece with the largest magnitude,
 * with its sign. The scores are normalised among the words, as those of tokens are among tokens.
 * `towards`: -1 turns the sign, where the numbers are of a loss.
 */
export function wordScores(
  tokens: readonly Token[],
  attributions: readonly number[],
  how: WordScores,
  normalisation: Normalisation,
  towards: 1 | -1,
): WordScore[] {
  if (how === 'pieces') return [];
  const groups = new Map<string, number[]>();
  tokens.forEach(({ field, word, special }, index) => {
    if (special) return;
    // A token of no word is one of its own.
    const key = word === null ? `token ${index}` : `${field} ${word}`;
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  });
  const pieces = [...groups.values()];
  const raw = pieces.map(group =>
    combine(
      group.map(index => attributions[index]!),
      how,
    ),
  );
  const scores = normalise(
    raw.map(value => (value === 0 ? 0 : towards * value)),
    normalisation,
  );
  return pieces.map((group, i) => ({ tokens: group, attribution: raw[i]!, score: scores[i]! }));
}

function combine(values: readonly number[], how: Exclude<WordScores, 'pieces'>): number {
  if (how === 'max') return values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  const sum = values.reduce((a, b) => a + b, 0);
  return how === 'sum' ? sum : sum / values.length;
}
