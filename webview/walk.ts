/** Walking from token to token by keyboard: which key means what, and where it leads. */

export type WalkKey = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

const keys: Readonly<Record<string, WalkKey | 'act'>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
  Enter: 'act',
  ' ': 'act',
};

/** The meaning of a key in the map; null for one that is not ours, or belongs to VS Code. */
export function walkKeyOf(event: {
  readonly key: string;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
}): WalkKey | 'act' | null {
  if (event.altKey || event.metaKey || event.shiftKey || event.ctrlKey) return null;
  return keys[event.key] ?? null;
}

/** Where a stop stands on the screen: the middle of its first box. */
export interface Place {
  readonly middle: number;
  readonly top: number;
}

/**
 * The stop that `key` leads to from stop `at` of `count`. Left and right go to the neighbour, as the
 * text runs; up and down to the stop nearest in the line above or below. At the end it stays.
 */
export function stepFrom(
  key: WalkKey,
  at: number,
  count: number,
  rightToLeft: boolean,
  placeOf: (stop: number) => Place,
): number {
  if (count === 0) return 0;
  switch (key) {
    case 'first':
      return 0;
    case 'last':
      return count - 1;
    case 'left':
    case 'right': {
      const forward = (key === 'right') !== rightToLeft;
      return Math.max(0, Math.min(count - 1, at + (forward ? 1 : -1)));
    }
    case 'up':
    case 'down':
      return nearestInNextLine(at, count, key === 'down' ? 1 : -1, placeOf);
  }
}

function nearestInNextLine(
  at: number,
  count: number,
  step: 1 | -1,
  placeOf: (stop: number) => Place,
): number {
  /** Boxes of one line may differ by this much, in pixels: tints are not all of one height. */
  const sameLine = 4;
  const from = placeOf(at);
  let line: number | null = null;
  let best = at;
  let distance = Infinity;
  for (let stop = at + step; stop >= 0 && stop < count; stop += step) {
    const { middle, top } = placeOf(stop);
    if (Math.abs(top - from.top) <= sameLine) continue;
    line ??= top;
    if (Math.abs(top - line) > sameLine) break;
    if (Math.abs(middle - from.middle) < distance) {
      distance = Math.abs(middle - from.middle);
      best = stop;
    }
  }
  return best;
}
