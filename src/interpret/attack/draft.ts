/** A text under attack: the original with some edits, each of which moves what stands behind it. */
import type { AttackEdit, Change } from '../../protocol/attack';
import type { FieldIndex, TextInput, TextRange } from '../../protocol/task';
import type { Place } from './goal';

/** A replacement of characters of a draft; `start === end` inserts, an empty `to` deletes. */
export interface Edit extends Place {
  readonly edit: AttackEdit;
  readonly to: string;
}

export interface Draft {
  /** As the model is asked; without gold and focus, which are of the original. */
  readonly input: TextInput;
  /** Since the original, in place in this text, in order of the text. */
  readonly changes: readonly Change[];
  /** Those of the last edits. */
  readonly changed: readonly Change[];
  /** Where the attacked entity, answer or mask stands now. */
  readonly anchor: Place | null;
}

/** The original, unchanged. */
export function firstDraft({ text, pair, words }: TextInput, anchor: Place | null): Draft {
  const input = { text, ...(pair !== undefined && { pair }), ...(words && { words }) };
  return { input, changes: [], changed: [], anchor };
}

/** The text of a field; '' where there is none. */
export function textOf({ input }: Draft, field: FieldIndex): string {
  return (field === 0 ? input.text : input.pair) ?? '';
}

/**
 * Applies edits that do not overlap one another nor earlier changes. A deleted or inserted word takes a neighbouring blank
 * along (its `from` or `to` says so), so that single blanks stay between words; words of a text that the dataset has cut
 * stay cut.
 */
export function apply(draft: Draft, edits: readonly Edit[]): Draft {
  // From the end to the beginning, so that no edit moves another.
  const ordered = [...edits].sort((a, b) => b.field - a.field || b.start - a.start);
  return ordered.reduce(applyOne, { ...draft, changed: [] });
}

function applyOne(draft: Draft, asked: Edit): Draft {
  const edit = withBlank(textOf(draft, asked.field), asked);
  const { field, start, end, to } = edit;
  const old = textOf(draft, field);
  const text = old.slice(0, start) + to + old.slice(end);
  const moved = (range: TextRange): TextRange => shift(range, edit);
  const inField = <T extends Place>(place: T): T =>
    place.field === field ? { ...place, ...moved(place) } : place;
  const change: Change = {
    field,
    edit: edit.edit,
    from: old.slice(start, end),
    to,
    start,
    end: start + to.length,
  };
  const inOrder = (changes: readonly Change[]): Change[] =>
    [...changes.map(inField), change].sort((a, b) => a.field - b.field || a.start - b.start);
  const { pair, words } = draft.input;
  return {
    input: {
      text: field === 0 ? text : draft.input.text,
      ...(pair !== undefined && { pair: field === 1 ? text : pair }),
      ...(words && { words: field === 0 ? movedWords(words, edit, moved) : words }),
    },
    changes: inOrder(draft.changes),
    changed: inOrder(draft.changed),
    anchor: draft.anchor && inField(draft.anchor),
  };
}

/** A range after an edit beside or inside of it: it keeps what is replaced in it, and does not take in what is put beside it. */
function shift({ start, end }: TextRange, edit: Edit): TextRange {
  const grown = edit.to.length - (edit.end - edit.start);
  const before = edit.end <= start && !(edit.start === start && edit.end === end && start < end);
  if (before && !(edit.start === edit.end && edit.start === end)) {
    return { start: start + grown, end: end + grown };
  }
  if (edit.start >= end && !(edit.start === start && edit.end === end)) return { start, end };
  return {
    start: Math.min(start, edit.start),
    end: Math.max(start, Math.max(end, edit.end) + grown),
  };
}

/** The dataset's words after an edit: a deleted word is gone, an inserted one is a word of its own. */
function movedWords(
  words: readonly TextRange[],
  edit: Edit,
  moved: (range: TextRange) => TextRange,
): TextRange[] {
  const { start, end, to } = edit;
  if (start === end) {
    const at = start + to.length - to.trimStart().length;
    const own = { start: at, end: at + to.trim().length };
    return [...words.map(moved), own].sort((a, b) => a.start - b.start);
  }
  const gone = (word: TextRange): boolean =>
    to.trim() === '' && start <= word.start && word.end <= end && word.start < word.end;
  return words.filter(word => !gone(word)).map(moved);
}

/** A word that goes takes the blank before it along, the first one the blank behind it; a new one brings a blank. */
function withBlank(text: string, edit: Edit): Edit {
  const { start, end, to } = edit;
  const blank = (at: number): boolean => /\s/.test(text.charAt(at));
  if (edit.edit === 'delete') {
    if (blank(start - 1) && (end === text.length || blank(end))) {
      return { ...edit, start: start - 1 };
    }
    if (start === 0 && blank(end)) return { ...edit, end: end + 1 };
    return holdsApart(text, edit) ? { ...edit, to: ' ' } : edit;
  }
  if (edit.edit !== 'insert') return edit;
  const before = start > 0 && !blank(start - 1) ? ' ' : '';
  const behind = start < text.length && !blank(start) ? ' ' : '';
  return { ...edit, to: `${before}${to}${behind}` };
}

/** A mark alone between two words: without it, and without a blank, they would grow into another word. */
function holdsApart(text: string, { start, end }: TextRange): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  const behind = text.slice(end, end + 2);
  const letters = /[\p{L}\p{N}]/u.test(text.slice(start, end));
  return !letters && /[\p{L}\p{N}]$/u.test(before) && /^[\p{L}\p{N}]/u.test(behind);
}
