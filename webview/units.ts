/** What carries a score of its own in the map: a token of the model, or a word of several tokens. */
import type { Explanation, FieldIndex, Token } from '../src/protocol';
import type { Spread } from './spread';
import { spreadsOf } from './spread';

export interface Unit {
  /** Indices of its tokens, ascending. */
  readonly tokens: readonly number[];
  readonly field: FieldIndex;
  /** UTF-16 offsets into the field's text; both 0 where it has no characters there. */
  readonly start: number;
  readonly end: number;
  /** Index of the word that a token is a piece of, or null. */
  readonly word: number | null;
  readonly score: number;
  readonly attribution: number;
  /** Standard deviation of the score over seeds; null where the method draws nothing. */
  readonly spread: Spread | null;
}

/**
 * One unit a token where the pieces of words have scores of their own; otherwise one a word, and one for
 * each token outside of words. In the order of their first tokens; what the model did not see is left out.
 */
export function unitsOf(explanation: Explanation): Unit[] {
  const { tokens, words, unseen } = explanation;
  const inWords = new Set(words.flatMap(word => word.tokens));
  const single = [...tokens.keys()].filter(index => !inWords.has(index));
  const whole = words.filter(word => word.tokens.length > 0);
  const parts = single.map(index => ({
    tokens: [index],
    score: explanation.scores[index] ?? Number.NaN,
    attribution: explanation.attributions[index] ?? Number.NaN,
  }));
  // Words are normalised among words, tokens among tokens: each kind has a scale of its own.
  const [spreads, spreadsOfParts] = [spreadsOf(whole, explanation), spreadsOf(parts, explanation)];
  const units = [
    ...whole.map(({ tokens: own, score, attribution }, at) => ({
      ...around(own.map(index => tokens[index]!)),
      tokens: own,
      word: null,
      score,
      attribution,
      spread: spreads[at]!,
    })),
    ...parts.map((part, at) => {
      const { field, start, end, word } = tokens[part.tokens[0]!]!;
      return { ...part, field, start, end, word, spread: spreadsOfParts[at]! };
    }),
  ];
  const isUnseen = ({ field, start, end }: Unit) =>
    end > start &&
    unseen.some(range => range.field === field && range.start <= start && end <= range.end);
  return units
    .filter(unit => !isUnseen(unit))
    .sort((a, b) => (a.tokens[0] ?? 0) - (b.tokens[0] ?? 0));
}

/** The characters from the first to the last of these pieces of one word. */
function around(pieces: readonly Token[]): Pick<Unit, 'field' | 'start' | 'end'> {
  return {
    field: pieces[0]!.field,
    start: Math.min(...pieces.map(({ start }) => start)),
    end: Math.max(...pieces.map(({ end }) => end)),
  };
}
