/** Progress of one long request, on standard error. */
import type { Progress } from '../protocol/messages';
import { printable } from './heatLine';

/** Milliseconds between two lines: a log stays short, and a person knows that it is alive. */
const apart = 1000;

/**
 * Writes a line at first, and then no more than one a second: '1024/67000  reading reviews.train.jsonl'.
 * @param now milliseconds; for tests.
 */
export function progressLines(
  err: (text: string) => void,
  now: () => number = Date.now,
): (progress: Progress) => void {
  let last = -Infinity;
  return ({ done, total, says }) => {
    if (now() - last < apart) return;
    last = now();
    const count = total > 0 ? `${done}/${total}  ` : '';
    err(`${count}${printable(says)}\n`);
  };
}
