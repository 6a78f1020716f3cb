/** How many flips an attack may make. */
import type { ResolvedAttackOptions } from '../../../protocol/attack';

/** The smaller of both limits; the share is rounded down, but one flip is always allowed. */
export function mostFlips(
  { maxFlips, maxShare }: Pick<ResolvedAttackOptions, 'maxFlips' | 'maxShare'>,
  words: number,
): number {
  return Math.min(maxFlips, Math.max(1, Math.floor(maxShare * words)));
}
