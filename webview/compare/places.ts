/** The same place in maps of one text, whose models may cut it in different ways. */
import type { FieldIndex } from '../../src/protocol';
import type { SaliencyMap, TokenFacts } from '../tokenFacts';

/** The first character of a token; or, of one without characters, which token it is. */
export interface Place {
  readonly field: FieldIndex;
  readonly start: number;
  /** Index of a special token; null in the text. */
  readonly special: number | null;
}

export function placeOf(facts: TokenFacts, { explanation }: SaliencyMap): Place {
  const own = facts.tokens.map(index => explanation.tokens[index]!);
  const inText = own.filter(({ start, end }) => end > start);
  const start = inText.reduce((least, token) => Math.min(least, token.start), Infinity);
  return inText.length === 0
    ? { field: facts.field, start: 0, special: facts.tokens[0]! }
    : { field: facts.field, start, special: null };
}

/** What stands at `place` in another map; null where nothing does. */
export function factsAt(map: SaliencyMap, place: Place): TokenFacts | null {
  if (place.special !== null) {
    return map.apart.find(({ tokens }) => tokens.includes(place.special!)) ?? null;
  }
  const field = map.fields.find(one => one.field === place.field);
  const piece = field?.pieces.find(
    ({ segment: { start, text } }) => start <= place.start && place.start < start + text.length,
  );
  return piece?.facts ?? null;
}
