/** The maps of one explanation: its own, and those of positions, types and others that its method takes apart. */
import type { Explanation } from '../src/protocol';
import { normalise, wordScores } from '../src/protocol';

/** Name of the explanation's own map. */
export const ownMap = 'word';

export interface MapChoice {
  readonly name: string;
  readonly title: string;
  readonly about: string;
}

/** What can be chosen from; empty where there is but one map. */
export function mapChoices({ maps, shares }: Explanation): MapChoice[] {
  if (maps.length === 0) return [];
  const own = shares.find(({ name }) => name === ownMap)?.title ?? 'Word';
  return [{ name: ownMap, title: own, about: 'Relevance of the word embeddings.' }, ...maps];
}

/**
 * `explanation` with the numbers of its map `name` in place of its own, made into scores in the same way; as it is where it has
 * no such map. What a map draws is known of the own one only, so that the others have no spread.
 */
export function explanationOfMap(explanation: Explanation, name: string): Explanation {
  const found = explanation.maps.find(map => map.name === name);
  if (!found) return explanation;
  const { tokens, normalisation, explained } = explanation;
  const { attributions, signed } = found;
  const towards = signed && explained.scalar === 'loss' ? -1 : 1;
  return {
    ...explanation,
    method: {
      ...explanation.method,
      title: `${explanation.method.title} (${found.title.toLowerCase()})`,
    },
    // That a sum is complete is said of the own map.
    health: explanation.health.filter(({ check }) => check !== 'completeness'),
    signed,
    attributions,
    scores: normalise(
      attributions.map(value => towards * value),
      normalisation,
    ),
    words: wordScores(tokens, attributions, explanation.wordScores, normalisation, towards),
    spread: null,
  };
}
