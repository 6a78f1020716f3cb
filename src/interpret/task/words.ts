/** The words of a text and their pieces, and where among overlapping windows each is read. */
import type { Token } from '../../protocol/explanation';
import type { TextRange } from '../../protocol/task';
import type { Window } from '../../model/windows';

export interface Word {
  readonly range: TextRange;
  /** Tokens of the encoding, in order; empty where the tokenizer drops the word. */
  readonly pieces: readonly number[];
}

/**
 * The dataset's words, or the tokenizer's where it has none; special tokens belong to none. Without a text
 * (`given` 'none') each token is a word.
 */
export function wordsOf(
  tokens: readonly Token[],
  given: readonly TextRange[] | null | 'none',
): Word[] {
  if (given === 'none') {
    return tokens.map(({ start, end }, index) => ({ range: { start, end }, pieces: [index] }));
  }
  const groups = new Map<number, number[]>();
  tokens.forEach((token, index) => {
    if (token.special || token.field !== 0 || token.word === null) return;
    const group = groups.get(token.word);
    if (group) group.push(index);
    else groups.set(token.word, [index]);
  });
  if (given) return given.map((range, word) => ({ range, pieces: groups.get(word) ?? [] }));
  return [...groups.values()].map(pieces => ({
    range: { start: tokens[pieces[0]!]!.start, end: tokens[pieces.at(-1)!]!.end },
    pieces,
  }));
}

/** Where a token is read: the window in which it has most text around it, and its position there. */
export interface ReadAt {
  readonly window: number;
  readonly position: number;
}

/** Null where no window has the token. */
export function readAt(windows: readonly Window[], token: number): ReadAt | null {
  let best: (ReadAt & { margin: number }) | null = null;
  for (const [window, { tokens }] of windows.entries()) {
    const position = tokens.indexOf(token);
    if (position < 0) continue;
    const margin = Math.min(position, tokens.length - 1 - position);
    if (!best || margin > best.margin) best = { window, position, margin };
  }
  return best;
}

/** The window that has all of `tokens` with most text around them, and their positions; null where none has. */
export function readTogether(
  windows: readonly Window[],
  tokens: readonly number[],
): { window: number; positions: number[] } | null {
  let best: { window: number; positions: number[]; margin: number } | null = null;
  for (const [window, { tokens: inside }] of windows.entries()) {
    const positions = tokens.map(token => inside.indexOf(token));
    if (positions.includes(-1)) continue;
    const margin = Math.min(...positions, inside.length - 1 - Math.max(...positions));
    if (!best || margin > best.margin) best = { window, positions, margin };
  }
  return best;
}
