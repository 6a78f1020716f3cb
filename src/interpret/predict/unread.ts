/** How much of a text the model did not read. */
import type { TextInput } from '../../protocol/task';
import type { Encoded } from '../task/readText';

/**
 * Tokens that stand in no window; of what was cut off before it was tokenised, its words between blanks (it has at least
 * so many tokens).
 */
export function unreadTokens(
  { encoding, windows, cut, cutAt, pair }: Encoded,
  { text }: TextInput,
): number {
  const [whole, second] = [text.length, pair?.length ?? 0];
  if (cut === null && cutAt[0] === whole && cutAt[1] === second) return 0;
  const read = new Set(windows.flatMap(({ tokens }) => tokens));
  const rest = [text.slice(cutAt[0]), (pair ?? '').slice(cutAt[1])];
  const words = rest.flatMap(part => part.split(/\s+/).filter(word => word !== ''));
  return encoding.ids.length - read.size + words.length;
}
