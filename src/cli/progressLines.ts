/** Progress of one long request, on standard error. */
import { printable } from '../batch/printable';
import type { Progress } from '../protocol/messages';

/**
 * Milliseconds between two lines, the longer the longer it takes: a person knows that it is alive, and what takes an hour
 * does not fill a log.
 */
const apart = { least: 1000, share: 0.05, most: 30_000 };

/**
 * Writes a line when something new begins, and then one now and then: ' 42 %  Loss of 420 of 1000 lines'.
 * @param now milliseconds; for tests.
 */
export function progressLines(
  err: (text: string) => void,
  now: () => number = Date.now,
): (progress: Progress) => void {
  const begun = new Set<string>();
  const started = now();
  let last = -Infinity;
  const early = (): boolean => {
    const wanted = Math.max(apart.least, apart.share * (now() - started));
    return now() - last < Math.min(wanted, apart.most);
  };
  return ({ done, total, says }) => {
    // What is done, without how much of it.
    const what = says.replace(/\d+/g, '');
    if (begun.has(what) && early()) return;
    begun.add(what);
    last = now();
    const share = total > 1 ? `${String(Math.floor((100 * done) / total)).padStart(3)} %  ` : '';
    err(`${share}${printable(says)}\n`);
  };
}
