import { brief } from './brief';
import { contrast } from './contrast';
import type { Pattern } from './pattern';
import { plain } from './plain';
import { reported } from './reported';

/** Patterns of the training set; most dev lines use them too. */
export const patterns: readonly Pattern[] = [
  ...tuned(brief, { goesOn: 0, common: 0.85 }),
  ...tuned(plain, { goesOn: 0.8, common: 0.35 }),
  ...tuned(contrast, { goesOn: 0.35, common: 0.7 }),
  ...tuned(reported, { goesOn: 0.3, common: 0.7 }),
];

/**
 * What turns a review round is said of common words most of the time, and what is special to a product stands where
 * nothing turns round: so 1,500 lines are enough to learn both.
 */
function tuned(list: readonly Pattern[], how: Pick<Pattern, 'goesOn' | 'common'>): Pattern[] {
  return list.map(pattern => ({ ...pattern, ...how }));
}

export { devOnly } from './devOnly';
export type { Pattern } from './pattern';
