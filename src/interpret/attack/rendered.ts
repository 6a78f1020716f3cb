/** A text with edits: what it reads, and where everything of the original stands in it. */
import type { Change } from '../../protocol/attack';
import type { TextRange } from '../../protocol/task';
import type { Edit } from './draft';

/** An edit as it was made, with the blank that it takes along. */
export interface Piece {
  readonly edit: Edit;
  /** What is replaced, in the original text. */
  readonly old: TextRange;
  /** What stands there instead, in the text with all edits. */
  readonly change: Change;
}

export interface Rendered {
  readonly text: string;
  /** In order of the text. */
  readonly pieces: readonly Piece[];
}

/** `edits`: of one field, in place in `text`, in order, none within another. */
export function render(text: string, edits: readonly Edit[]): Rendered {
  const pieces: Piece[] = [];
  let out = '';
  let done = 0;
  edits.forEach((edit, index) => {
    const next = edits[index + 1]?.start ?? Infinity;
    const { start, end, to } = withBlank(text, edit, {
      out,
      done,
      next,
      gap: gapAround(edits, index),
    });
    out += text.slice(done, start);
    const from = text.slice(start, end);
    const now = { start: out.length, end: out.length + to.length };
    pieces.push({
      edit,
      old: { start, end },
      change: { field: edit.field, edit: edit.edit, from, to, ...now },
    });
    out += to;
    done = end;
  });
  return { text: out + text.slice(done), pieces };
}

/** What stands before and behind an edit. */
interface Neighbours {
  /** The text so far, that of the original up to `done`. */
  readonly out: string;
  readonly done: number;
  /** Where the next edit begins. */
  readonly next: number;
  /** All that goes in one stretch, blanks not counted. */
  readonly gap: TextRange;
}

/** The deletions that touch one another. */
function gapAround(edits: readonly Edit[], index: number): TextRange {
  let { start, end } = edits[index]!;
  for (const before of edits.slice(0, index).reverse()) {
    if (before.edit !== 'delete' || before.end !== start) break;
    start = before.start;
  }
  for (const behind of edits.slice(index + 1)) {
    if (behind.edit !== 'delete' || behind.start !== end) break;
    end = behind.end;
  }
  return { start, end };
}

/** A word that goes takes the blank before it along, the first one the blank behind it; a new one brings a blank. */
function withBlank(
  text: string,
  { edit, start: asked, end, to }: Edit,
  { out, done, next, gap }: Neighbours,
): TextRange & { to: string } {
  const start = Math.max(asked, done);
  const blank = (at: number): boolean => /\s/.test(text.charAt(at));
  const before = out + text.slice(done, start);
  if (edit === 'insert') {
    const parted = before === '' || /\s$/.test(before);
    const parts = start >= text.length || blank(start);
    return { start, end, to: `${parted ? '' : ' '}${to}${parts ? '' : ' '}` };
  }
  if (edit !== 'delete') return { start, end, to };
  // A mark that stood at the word now stands at the one before it.
  const marked = /[.,;:!?)\]}\u2026]/.test(text.charAt(gap.end));
  const alone = gap.end === text.length || blank(gap.end) || marked;
  if (alone && start > done && blank(start - 1) && before.length > 1) {
    return { start: start - 1, end, to };
  }
  if (blank(end) && next > end && (before === '' || /\s$/.test(before))) {
    return { start, end: end + 1, to };
  }
  const last = gap.end === end;
  return { start, end, to: last && holdsApart(before, text, gap) ? ' ' : to };
}

/** What goes between two words is not the middle of one: without it, and without a blank, they would grow into another word. */
function holdsApart(before: string, text: string, { start, end }: TextRange): boolean {
  const marks = /[^\p{L}\p{N}]/u.test(text.slice(start, end));
  return marks && /[\p{L}\p{N}]$/u.test(before) && /^[\p{L}\p{N}]/u.test(text.slice(end, end + 2));
}

/** The characters of the original that the character `at` of a text with these changes (of one field, in order) comes from. */
export function originOf(changes: readonly Change[], at: number): TextRange {
  let grown = 0;
  for (const { start, end, from, to } of changes) {
    if (start <= at && at < end) return { start: start - grown, end: start - grown + from.length };
    if (end > at) break;
    grown += to.length - from.length;
  }
  return { start: at - grown, end: at - grown + 1 };
}

/**
 * Where a range of the original stands: it keeps what is replaced in it, and does not take in what is put beside it. Empty where all of
 * it is gone.
 */
export function moved(range: TextRange, { text, pieces }: Rendered): TextRange {
  let { start, end } = range;
  let touched = false;
  for (const { old, change } of pieces) {
    if (old.start >= range.end) break;
    const grown = change.to.length - change.from.length;
    if (old.end <= range.start) {
      start += grown;
      end += grown;
      continue;
    }
    touched = true;
    if (old.start <= range.start) start = change.start;
    end = old.end >= range.end ? change.end : end + grown;
  }
  if (!touched) return { start, end };
  // A word that went at its beginning or end has left a blank there.
  const left = text.slice(start, end);
  const own = left.trim();
  const from = own === '' ? start : start + left.indexOf(own);
  return { start: from, end: from + own.length };
}

/** The dataset's words: a deleted word is gone, an inserted one is a word of its own. */
export function movedWords(words: readonly TextRange[], rendered: Rendered): TextRange[] {
  const { pieces } = rendered;
  const gone = ({ start, end }: TextRange): boolean =>
    pieces.some(
      ({ edit, change }) =>
        change.to.trim() === '' && edit.start <= start && end <= edit.end && start < end,
    );
  const inserted = pieces.flatMap(({ edit, change: { start, to } }) => {
    if (edit.edit !== 'insert') return [];
    const at = start + to.length - to.trimStart().length;
    return [{ start: at, end: at + to.trim().length }];
  });
  const kept = words.filter(word => !gone(word)).map(word => moved(word, rendered));
  return [...kept, ...inserted].sort((a, b) => a.start - b.start);
}
