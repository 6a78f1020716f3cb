/** Answers in a context: pairs of a start and an end, from the logits of both. */
import type { TextRange } from '../../protocol/task';
import { logSoftmax } from './decision';
import { checkFinite, indexOfLargest, topOf, type TextAtHand } from './reading';
import { readTogether } from './words';

/** Longer answers are not considered, as is usual for SQuAD. */
const longestAnswer = 30;
/** So many answers are shown. */
const shown = 5;
/** Of each window so many starts and ends are combined. */
const candidates = 20;

/** An answer in one window; `first` and `last` are positions of the row, both included. */
export interface Answer {
  readonly window: number;
  readonly first: number;
  readonly last: number;
  /** Characters of the context; token indices where there is no text. */
  readonly range: TextRange;
  readonly logit: number;
  readonly probability: number;
}

/** Positions of the context in a window; where only ids are known, everything that is read. */
function contextOf({ tokens, windows, text }: TextAtHand, window: number): number[] {
  const { tokens: inside, row } = windows[window]!;
  return [...inside.keys()].filter(position => {
    const token = tokens[inside[position]!]!;
    if (text === null) return row.mask[position] === 1;
    return !token.special && token.field === 1;
  });
}

function ends({ outputs }: TextAtHand, window: number): [number[], number[]] {
  const [start, end] = outputs[window]!.values.map(logits => {
    checkFinite(logits);
    return Array.from(logits);
  });
  return [start!, end!];
}

/** The `most` best answers at different places of those that fit, the best first; fewer where there are fewer. */
export function bestAnswers(
  text: TextAtHand,
  most = shown,
  fits: (range: TextRange) => boolean = () => true,
): Answer[] {
  const all = text.windows.flatMap((_, window) => {
    const context = contextOf(text, window);
    const [start, end] = ends(text, window);
    const top = (logits: readonly number[]): number[] =>
      topOf(
        context.map(position => logits[position]!),
        candidates,
      ).map(i => context[i]!);
    const lasts = top(end);
    return top(start).flatMap(first =>
      lasts
        .filter(last => last >= first && last - first < longestAnswer)
        .map(last => ({ window, first, last, logit: start[first]! + end[last]! })),
    );
  });
  all.sort((a, b) => b.logit - a.logit);
  const distinct: Answer[] = [];
  for (const { window, first, last } of all) {
    if (distinct.length === most) break;
    const range = rangeAt(text, window, first, last);
    // Windows overlap, so the same answer may be read twice.
    if (distinct.some(other => sameRange(range, other.range)) || !fits(range)) continue;
    distinct.push(answerAt(text, window, first, last));
  }
  return distinct;
}

export function sameRange(a: TextRange, b: TextRange): boolean {
  return a.start === b.start && a.end === b.end;
}

function rangeAt(
  { text, tokens, windows }: TextAtHand,
  window: number,
  first: number,
  last: number,
): TextRange {
  const { tokens: inside } = windows[window]!;
  const [from, to] = [inside[first]!, inside[last]!];
  if (text === null) return { start: from, end: to + 1 };
  return { start: tokens[from]!.start, end: tokens[to]!.end };
}

function answerAt(text: TextAtHand, window: number, first: number, last: number): Answer {
  const [start, end] = ends(text, window);
  const range = rangeAt(text, window, first, last);
  const probability = Math.exp(logSoftmax(start)[first]! + logSoftmax(end)[last]!);
  return { window, first, last, range, logit: start[first]! + end[last]!, probability };
}

/** The answer that covers these characters (without a text: tokens), in the window that has most around it. */
export function answerOf(text: TextAtHand, { start, end }: TextRange): Answer | null {
  const inside = [...text.tokens.keys()].filter(index => {
    const token = text.tokens[index]!;
    if (text.text === null) return index >= start && index < end;
    return !token.special && token.field === 1 && token.start < end && token.end > start;
  });
  if (inside.length === 0) return null;
  const place = readTogether(text.windows, [inside[0]!, inside.at(-1)!]);
  return place && answerAt(text, place.window, place.positions[0]!, place.positions[1]!);
}

export function goldAnswers(text: TextAtHand): Answer[] {
  if (text.gold?.kind !== 'answers') return [];
  const found = text.gold.answers
    .map(range => answerOf(text, range))
    .filter(found => found !== null);
  return found.filter((answer, i) => found.findIndex(a => sameRange(a.range, answer.range)) === i);
}

export function answerText({ text, pair, tokens }: TextAtHand, { start, end }: TextRange): string {
  if (text !== null) return (pair ?? '').slice(start, end);
  return tokens
    .slice(start, end)
    .map(token => token.text)
    .join(' ');
}

/** Where only token ids are known, one end asked about apart is the likeliest of all tokens, not that of an answer. */
export function likeliestEnd(text: TextAtHand, part: 'start' | 'end'): Answer {
  const logits = ends(text, 0)[part === 'start' ? 0 : 1];
  const position = indexOfLargest(logits);
  return answerAt(text, 0, position, position);
}
