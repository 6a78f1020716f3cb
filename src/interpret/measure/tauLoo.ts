/** Whether a map orders the tokens as leaving each of them out does. */
import { kendall, type Scores } from './ranking';
import type { StrippedText, TokenSet } from './strippedText';

export function leaveOneOutSets(count: number): TokenSet[] {
  return Array.from({ length: count }, (_, token) => [token]);
}

/** p(x) - p(x without the token), one for each; p the probability of what is explained. */
export function leaveOneOutEffects(text: StrippedText): number[] {
  const whole = text.valueWithout([]);
  return leaveOneOutSets(text.count).map(set => whole - text.valueWithout(set));
}

/**
 * Kendall's tau-b of the scores with the effects of leaving each token out (Attanasio et al. 2023, arXiv:2208.01575: tau-LOO); of
 * unsigned maps with the sizes of the effects. In [-1, 1], higher is better; null where scores or effects are constant.
 */
export function tauLoo({ values, signed }: Scores, effects: readonly number[]): number | null {
  return kendall(values, signed ? effects : effects.map(Math.abs));
}
