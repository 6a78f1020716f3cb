/** How far maps of one text agree. */
import { agreement } from '../../interpret/measure/ranking';
import type { Explanation } from '../../protocol';

type Map = Pick<Explanation, 'tokens' | 'scores' | 'signed'>;

/**
 * Spearman correlation of the scores of the tokens that stand for characters of the text (of their magnitudes where one of the maps has
 * no sign); null where it is undefined: one map is constant, or the tokens are others (another model's tokenizer).
 */
export function agreementOf(one: Map, other: Map): number | null {
  const [a, b] = [readable(one), readable(other)];
  const isSame =
    a.length === b.length &&
    a.every(({ token }, i) => {
      const { field, start, end } = b[i]!.token;
      return token.field === field && token.start === start && token.end === end;
    });
  if (!isSame) return null;
  return agreement(scoresOf(a, one), scoresOf(b, other));
}

/** Of each pair, in their order; null where one of the two is not there yet. */
export function agreementsOf(maps: readonly (Map | null)[]): (number | null)[][] {
  return maps.map(one => maps.map(other => one && other && agreementOf(one, other)));
}

function readable({ tokens, scores }: Map) {
  return tokens.flatMap((token, i) => (token.special ? [] : [{ token, score: scores[i]! }]));
}

function scoresOf(found: readonly { readonly score: number }[], { signed }: Map) {
  return { values: found.map(({ score }) => score), signed };
}
