/**
 * The user's text cut into the pieces that the map shows. Tokenizers leave gaps (blanks, dropped or
 * truncated characters), share characters between tokens (byte-level BPE) and count the blank before
 * a word to the word; none of that may lose or double a character of the text.
 */
import type { Token } from '../src/protocol';

/** What is placed in the text as one: a token, or a word of several tokens. */
export type Placed = Pick<Token, 'start' | 'end' | 'word'>;

/** `token`: characters of one or more tokens; `gap`: blanks between; `unseen`: the model did not read them. */
export type SegmentKind = 'token' | 'gap' | 'unseen';

export interface Segment {
  readonly kind: SegmentKind;
  readonly text: string;
  /** UTF-16 offset of the first character in the whole text. */
  readonly start: number;
  /** Indices of what owns these characters, ascending; empty unless kind is 'token'. */
  readonly units: readonly number[];
  /** The same word goes on from the segment before. */
  readonly joinsPrevious: boolean;
  /** The same word goes on into the segment after. */
  readonly joinsNext: boolean;
}

export interface Segmentation {
  /** Their texts, one after the other, are exactly the whole text. */
  readonly segments: readonly Segment[];
  /** Indices of what has no characters of its own, special tokens first of all, ascending. */
  readonly apart: readonly number[];
}

/** A piece while it is being made. */
interface Piece {
  start: number;
  end: number;
  units: number[];
}

/** Marks that belong to the character before them and would be torn off in a piece of their own. */
const leadingMarks = /^(?:\p{M}|\u200d)+/u;
/** Anything that a reader would see: no blank, no control, no format character. */
const visible = /[^\s\p{Cc}\p{Cf}]/u;

/** Cuts `text` along `units`. Offsets may overlap, repeat, leave gaps or lie outside of the text. */
export function segmentText(text: string, units: readonly Placed[]): Segmentation {
  const apart: number[] = [];
  const spans: { index: number; start: number; end: number }[] = [];
  units.forEach((unit, index) => {
    const start = Math.max(0, Math.min(unit.start, text.length));
    const end = Math.max(0, Math.min(unit.end, text.length));
    if (end <= start) apart.push(index);
    else spans.push({ index, start, end });
  });
  spans.sort((a, b) => a.start - b.start || a.index - b.index);

  const pieces: Piece[] = [];
  let cursor = 0;
  for (const { index, start, end } of spans) {
    if (end <= cursor) {
      ownerOf(pieces, start).units.push(index);
      continue;
    }
    if (start > cursor) pieces.push({ start: cursor, end: start, units: [] });
    pieces.push({ start: Math.max(start, cursor), end, units: [index] });
    cursor = end;
  }
  if (cursor < text.length) pieces.push({ start: cursor, end: text.length, units: [] });

  keepMarks(text, pieces);
  return { segments: finish(text, units, trimBlanks(text, pieces)), apart };
}

/** The piece that already has the character at `offset`; pieces cover everything up to there. */
function ownerOf(pieces: readonly Piece[], offset: number): Piece {
  let at = pieces.length - 1;
  while (pieces[at]!.start > offset) at--;
  return pieces[at]!;
}

/** Gives combining marks that no token claims to the token before them. */
function keepMarks(text: string, pieces: Piece[]): void {
  pieces.forEach((piece, at) => {
    const previous = pieces[at - 1];
    if (piece.units.length > 0 || !previous) return;
    const marks = leadingMarks.exec(text.slice(piece.start, piece.end))?.[0].length ?? 0;
    previous.end += marks;
    piece.start += marks;
  });
}

/** Takes blanks at the rim of a token out of it, unless it is nothing but blanks. */
function trimBlanks(text: string, pieces: readonly Piece[]): Piece[] {
  const trimmed: Piece[] = [];
  const add = (start: number, end: number, units: number[]) => {
    if (end <= start) return;
    const last = trimmed.at(-1);
    if (last?.units.length === 0 && units.length === 0) last.end = end;
    else trimmed.push({ start, end, units });
  };
  for (const { start, end, units } of pieces) {
    const own = text.slice(start, end);
    const inner = own.trim();
    if (units.length === 0 || inner === '') {
      add(start, end, units);
      continue;
    }
    const from = start + own.length - own.trimStart().length;
    add(start, from, []);
    add(from, from + inner.length, units);
    add(from + inner.length, end, []);
  }
  return trimmed;
}

function finish(text: string, units: readonly Placed[], pieces: readonly Piece[]): Segment[] {
  const wordOf = (piece: Piece | undefined) => {
    const unit = piece?.units.at(0);
    return unit === undefined ? null : units[unit]!.word;
  };
  const joins = (left: Piece | undefined, right: Piece | undefined) =>
    wordOf(left) !== null && wordOf(left) === wordOf(right);
  return pieces.map((piece, at) => {
    const own = text.slice(piece.start, piece.end);
    const free = visible.test(own) ? 'unseen' : 'gap';
    return {
      kind: piece.units.length > 0 ? 'token' : free,
      text: own,
      start: piece.start,
      units: [...piece.units].sort((a, b) => a - b),
      joinsPrevious: joins(pieces[at - 1], piece),
      joinsNext: joins(piece, pieces[at + 1]),
    };
  });
}
