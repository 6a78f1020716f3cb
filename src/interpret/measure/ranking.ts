/** Orders and rank correlations of the scores of a text's tokens. */
import { spearman } from '../correlation';

/** The scores of a map at the tokens that can be taken away, in the order of the text. */
export interface Scores {
  /** Positive: towards what is explained. Of unsigned maps all are magnitudes. */
  readonly values: readonly number[];
  readonly signed: boolean;
}

/**
 * Places of the scores, the strongest first: of signed maps the largest towards what is explained (what speaks against it comes last), of
 * unsigned maps the largest. Equal ones in the order of the text.
 */
export function strongestFirst({ values }: Scores): number[] {
  return [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
}

/**
 * Spearman's correlation of two maps of the same tokens; of their magnitudes where one of them has no sign. Null where one is constant.
 */
export function agreement(a: Scores, b: Scores): number | null {
  const signed = a.signed && b.signed;
  const of = ({ values }: Scores): readonly number[] => (signed ? values : values.map(Math.abs));
  return spearman(of(a), of(b));
}

/**
 * Kendall's tau-b (Kendall 1945, The treatment of ties in ranking problems): (concordant - discordant) / sqrt((pairs - ties in x) (pairs - ties in y)).
 * Null where one of the lists is constant or has fewer than two numbers. Time: the square of their length.
 */
export function kendall(x: readonly number[], y: readonly number[]): number | null {
  let [balance, untiedX, untiedY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const dx = Math.sign(x[i]! - x[j]!);
      const dy = Math.sign(y[i]! - y[j]!);
      balance += dx * dy;
      untiedX += Math.abs(dx);
      untiedY += Math.abs(dy);
    }
  }
  const found = balance / Math.sqrt(untiedX * untiedY);
  return Number.isFinite(found) ? Math.max(-1, Math.min(1, found)) : null;
}
