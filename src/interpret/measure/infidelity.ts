/** Whether the sum of what a map gives to some tokens foretells what taking them away does. */
import { Seeded } from '../random';
import type { Scores } from './ranking';
import type { StrippedText, TokenSet } from './strippedText';

/**
 * `samples` sets of tokens: how many go is drawn uniformly from one to all, then which, by a partial shuffle. The seed and the text decide
 * alone, so that all methods are asked about the same sets.
 */
export function infidelitySets(text: StrippedText, samples: number, seed: number): TokenSet[] {
  const random = new Seeded(seed, `infidelity ${text.key}`);
  if (text.count === 0) return [];
  return Array.from({ length: samples }, () => {
    const order = Array.from({ length: text.count }, (_, i) => i);
    const size = 1 + random.below(text.count);
    for (let i = 0; i < size; i++) {
      const other = i + random.below(text.count - i);
      [order[i], order[other]] = [order[other]!, order[i]!];
    }
    return order.slice(0, size);
  });
}

/**
 * Mean over perturbations I of (beta I a - (f(x) - f(x - I)))^2 (Yeh et al. 2019, arXiv:1901.09392, definition 2.1), where I says which
 * tokens are taken away, a are the scores, and f is the explained number. beta = max(0, E[(I a) df] / E[(I a)^2]) is the scale that
 * fits best (theirs, and Captum's with normalize=True, but for the 0: a map that points the wrong way is not turned round), as
 * maps come in many units. Lower is better; at most the mean of df^2, which is what a map of zeros has. Null without a token.
 * @param falls f(x) - f(x - I), one for each of `sets`; f must rise with what is explained.
 */
export function infidelity(
  { values }: Scores,
  sets: readonly TokenSet[],
  falls: readonly number[],
): number | null {
  if (sets.length === 0) return null;
  const foretold = sets.map(set => set.reduce((sum, token) => sum + values[token]!, 0));
  const product = foretold.reduce((sum, one, i) => sum + one * falls[i]!, 0);
  const square = foretold.reduce((sum, one) => sum + one * one, 0);
  const beta = square > 0 ? Math.max(0, product / square) : 0;
  const errors = foretold.map((one, i) => (beta * one - falls[i]!) ** 2);
  return errors.reduce((sum, error) => sum + error, 0) / sets.length;
}
