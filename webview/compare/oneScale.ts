/** Maps of several explanations of one text, tinted so that they can be compared. */
import type { Explanation, RecordInfo } from '../../src/protocol';
import type { SaliencyMap } from '../tokenFacts';
import { saliencyMap } from '../tokenFacts';
import { unitsOf } from '../units';

/**
 * 'row': the strongest token of each map has the fullest tint, for maps in different units; 'all': the strongest token of all
 * maps has it, for maps in the same units.
 */
export type Scale = 'row' | 'all';

export function mapsOnOneScale(
  record: RecordInfo,
  explanations: readonly (Explanation | null)[],
  scale: Scale,
): (SaliencyMap | null)[] {
  if (scale === 'row') return explanations.map(one => one && saliencyMap(record, one));
  const full = fullestOf(explanations);
  return explanations.map(one => one && saliencyMap(record, inUnitsOf(full, one), 1));
}

/** The largest raw number that a text has in any of the maps; special tokens may dwarf the text. */
export function fullestOf(explanations: readonly (Explanation | null)[]): number {
  return explanations
    .flatMap(one => (one ? unitsOf(one).map(unit => ({ one, unit })) : []))
    .filter(({ one, unit }) => !unit.tokens.some(token => one.tokens[token]!.special))
    .map(({ unit }) => Math.abs(unit.attribution))
    .filter(Number.isFinite)
    .reduce((a, b) => Math.max(a, b), 0);
}

/** The same raw numbers, with scores that are these divided by `full`. */
function inUnitsOf(full: number, explanation: Explanation): Explanation {
  const { signed, explained, attributions, words } = explanation;
  const towards = signed && explained.scalar === 'loss' ? -1 : 1;
  const scoreOf = (attribution: number) =>
    full > 0 && Number.isFinite(attribution) ? (towards * attribution) / full : 0;
  return {
    ...explanation,
    scores: attributions.map(scoreOf),
    words: words.map(word => ({ ...word, score: scoreOf(word.attribution) })),
  };
}
