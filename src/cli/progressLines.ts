/** Progress of one long request, on standard error. */
import type { Progress } from '../protocol/messages';
import { printable } from './heatLine';

/** Milliseconds between two lines: a log stays short, and a person knows that it is alive. */
const apart = 1000;

/**
 * Writes a line when something new begins, and then no more than one a second: ' 42 %  Loss of 420 of 1000 lines'.
 * @param now milliseconds; for tests.
 */
export function progressLines(
  err: (text: string) => void,
  now: () => number = Date.now,
): (progress: Progress) => void {
  const begun = new Set<string>();
  let last = -Infinity;
  return ({ done, total, says }) => {
    // What is done, without how much of it.
    const what = says.replace(/\d+/g, '');
    if (begun.has(what) && now() - last < apart) return;
    begun.add(what);
    last = now();
    const share = total > 1 ? `${String(Math.floor((100 * done) / total)).padStart(3)} %  ` : '';
    err(`${share}${printable(says)}\n`);
  };
}
