/** What a map adds up to. */
import type { Explanation } from '../../src/protocol';
import { formatRaw } from '../numbers';

/** The sum of all raw numbers, those of special tokens too, as Captum adds them up. */
export function totalOf({ attributions, signed }: Explanation): string {
  return formatRaw(
    attributions.reduce((sum, value) => sum + value, 0),
    signed,
  );
}
