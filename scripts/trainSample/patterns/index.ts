import { contrast } from './contrast';
import type { Pattern } from './pattern';
import { plain } from './plain';
import { reported } from './reported';

/** Patterns of the training set; most dev lines use them too. */
export const patterns: readonly Pattern[] = [...plain, ...contrast, ...reported];

export { devOnly } from './devOnly';
export type { Pattern } from './pattern';
