/** What of a text is taken away as one: its tokens, its words, or all words that are spelt alike. */
import type { ModelFacts } from '../../../model/model';
import type { TextAtHand } from '../../task/reading';
import { seenTokens } from '../job';
import type { Job, ResolvedParameters } from '../method';

export interface Features {
  /** Indices of the tokens that the explained windows have, in the order of the text. */
  readonly seen: readonly number[];
  /** By feature, in the order in which they begin: indices of its tokens. Special tokens are in none. */
  readonly features: readonly (readonly number[])[];
  /** Features that could be taken away but for the decision, which is read at one of their tokens. */
  readonly held: number;
}

/**
 * The features of a text that was asked about. Special tokens and masks are never taken away. Where a token is decided (a tag, an
 * answer's end) its features can be masked, for the place stays; left out they cannot be, for without the place there is no decision.
 */
export function featuresOf(
  { head }: Pick<ModelFacts, 'head'>,
  { read: { hand }, asked: { parts } }: Job,
  { feature, removal }: Pick<ResolvedParameters, 'feature' | 'removal'>,
): Features {
  const seen = seenTokens(hand.windows, parts);
  const groups = new Map<string, number[]>();
  for (const token of seen) {
    if (isSpecial(hand, token)) continue;
    const key = feature === 'token' ? String(token) : wordKey(hand, token);
    const group = groups.get(key);
    if (group) group.push(token);
    else groups.set(key, [token]);
  }
  const all = feature === 'type' ? byType(hand, [...groups.values()]) : [...groups.values()];
  const decided = removal === 'delete' ? decidedTokens(head.decides, hand, parts) : new Set();
  const features = all.filter(tokens => !tokens.some(token => decided.has(token)));
  return { seen, features, held: all.length - features.length };
}

/** The field of a feature: of types, that of the first word. */
export function fieldOf({ tokens }: TextAtHand, feature: readonly number[]): number {
  return tokens[feature[0]!]!.field;
}

/** Tokens that frame or fill a text, and masks, which ask a question. */
function isSpecial({ tokens, ids, maskId, tokenizer }: TextAtHand, token: number): boolean {
  const id = ids[token]!;
  return tokens[token]!.special || id === maskId || (tokenizer?.isSpecial(id) ?? false);
}

/** A token of no word is one of its own. */
function wordKey({ tokens }: TextAtHand, token: number): string {
  const { field, word } = tokens[token]!;
  return word === null ? `token ${token}` : `${field} ${word}`;
}

/** Words that the model reads alike where only their place differs: the same letters, or, without a text, the same ids. */
function byType(hand: TextAtHand, words: readonly number[][]): number[][] {
  const lowerCases = hand.tokenizer?.lowerCases ?? false;
  const types = new Map<string, number[]>();
  for (const tokens of words) {
    const spelt = spelling(hand, tokens);
    const key = lowerCases ? spelt.toLowerCase() : spelt;
    const type = types.get(key);
    if (type) type.push(...tokens);
    else types.set(key, [...tokens]);
  }
  return [...types.values()];
}

function spelling({ text, pair, tokens, ids }: TextAtHand, word: readonly number[]): string {
  if (text === null) return word.map(token => ids[token]).join(' ');
  const first = tokens[word[0]!]!;
  const whole = first.field === 0 ? text : (pair ?? '');
  return whole.slice(first.start, tokens[word.at(-1)!]!.end).trim();
}

function decidedTokens(
  decides: ModelFacts['head']['decides'],
  { windows }: TextAtHand,
  parts: Job['asked']['parts'],
): Set<number> {
  if (decides === 'text') return new Set();
  return new Set(
    parts.flatMap(({ window, decisions }) => {
      const { tokens } = windows[window]!;
      return decisions.flatMap(({ position, cells }) =>
        decides === 'token' ? [tokens[position]!] : cells.map(({ choice }) => tokens[choice]!),
      );
    }),
  );
}
