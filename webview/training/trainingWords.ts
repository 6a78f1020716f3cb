/** The words of training files: places of lines, features, times. */
import type { TrainingSummary } from '../../src/protocol';
import { formatCount } from '../numbers';

/** As many places of lines as are told of one problem. */
const toldPlaces = 100;

/** '3, 7 to 12 and 40 more': three neighbours and more together, and no more places than can be read. */
export function placesOf(lines: readonly number[], count: number): string {
  const runs: { first: number; last: number }[] = [];
  let told = 0;
  for (const line of lines) {
    const run = runs.at(-1);
    if (run?.last === line - 1) run.last = line;
    else if (runs.length === toldPlaces) break;
    else runs.push({ first: line, last: line });
    told++;
  }
  const places = runs.map(({ first, last }) => {
    const between = last - first === 1 ? ', ' : ' to ';
    return first === last
      ? formatCount(first)
      : `${formatCount(first)}${between}${formatCount(last)}`;
  });
  const more = count - told;
  return more > 0 ? `${places.join(', ')} and ${formatCount(more)} more` : places.join(', ');
}

/** 'features: 1,990 from the cache, 10 computed'; null where none were needed. */
export function featureWords({ cached, computed }: TrainingSummary): string | null {
  if (cached === null || computed === null) return null;
  return `features: ${formatCount(cached)} from the cache, ${formatCount(computed)} computed`;
}

/** '840 ms', '1.2 s', '2 min 5 s'. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
