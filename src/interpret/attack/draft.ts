/** A text under attack: the original with some edits. */
import type { AttackEdit, Change } from '../../protocol/attack';
import type { FieldIndex, TextInput } from '../../protocol/task';
import type { Place } from './goal';
import { moved, movedWords, originOf, render } from './rendered';

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
  /**
   * Those of the last edits. Of a single edit: taken back, it gives the text before, blanks that an earlier deletion had left
   * and that went with it included.
   */
  readonly changed: readonly Change[];
  /** Where the attacked entity, answer or mask stands now. */
  readonly anchor: Place | null;
  /** What it was made of. */
  readonly origin: Origin;
}

/** The original, and all edits in place in it, in order of the text. */
interface Origin {
  readonly input: TextInput;
  readonly anchor: Place | null;
  readonly edits: readonly Edit[];
}

/** The original, unchanged. */
export function firstDraft({ text, pair, words }: TextInput, anchor: Place | null): Draft {
  const input = { text, ...(pair !== undefined && { pair }), ...(words && { words }) };
  return { input, changes: [], changed: [], anchor, origin: { input, anchor, edits: [] } };
}

/** The text of a field; '' where there is none. */
export function textOf({ input }: Pick<Draft, 'input'>, field: FieldIndex): string {
  return (field === 0 ? input.text : input.pair) ?? '';
}

/**
 * Applies edits (in place in the draft's text) that do not overlap one another, and earlier changes only where they contain them; their
 * order does not matter, but for two insertions at one place. A deleted or inserted word takes a neighbouring blank along (its `from` or `to` says so), so
 * that single blanks stay between words; words of a text that the dataset has cut stay cut.
 */
export function apply(draft: Draft, edits: readonly Edit[]): Draft {
  return applyInOriginal(
    draft,
    edits.map(edit => inOriginal(draft, edit)),
  );
}

/** As `apply`, of edits that are in place in the original text (those of `Draft.origin`). */
export function applyInOriginal(draft: Draft, added: readonly Edit[]): Draft {
  const { input, anchor, edits: earlier } = draft.origin;
  // What is replaced or deleted takes earlier changes inside of it along: pieces of a word that went, then the rest of it.
  const kept = earlier.filter(edit => !added.some(over => contains(over, edit)));
  const all = [...kept, ...added].sort(inText);
  const [first, second] = ([0, 1] as const).map(field =>
    render(
      textOf({ input }, field),
      all.filter(edit => edit.field === field),
    ),
  ) as [ReturnType<typeof render>, ReturnType<typeof render>];
  const pieces = [...first.pieces, ...second.pieces];
  const { words } = input;
  const changed = pieces.filter(({ edit }) => added.includes(edit)).map(({ change }) => change);
  const [only] = changed;
  const exact = (change: Change): Change =>
    sinceText(textOf(draft, change.field), (change.field === 0 ? first : second).text, change);
  return {
    input: {
      text: first.text,
      ...(input.pair !== undefined && { pair: second.text }),
      ...(words && { words: movedWords(words, first) }),
    },
    changes: pieces.map(({ change }) => change),
    changed: only && changed.length === 1 ? [exact(only)] : changed,
    anchor: anchor && { ...anchor, ...moved(anchor, anchor.field === 0 ? first : second) },
    origin: { input, anchor, edits: all },
  };
}

/** A change since the original as one since the text before it: wide enough to hold all in which the two texts differ. */
function sinceText(before: string, after: string, change: Change): Change {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < Math.min(most, change.start) && before[start] === after[start]) start++;
  let tail = 0;
  const room = Math.min(most - start, after.length - change.end);
  while (tail < room && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const end = after.length - tail;
  return {
    ...change,
    start,
    end,
    from: before.slice(start, before.length - tail),
    to: after.slice(start, end),
  };
}

/** An insertion at one of the ends stays. */
function contains(outer: Edit, inner: Edit): boolean {
  if (outer.field !== inner.field) return false;
  return inner.start < inner.end
    ? outer.start <= inner.start && inner.end <= outer.end
    : outer.start < inner.start && inner.end < outer.end;
}

/** What is inserted before a word stands before it. */
function inText(a: Edit, b: Edit): number {
  return a.field - b.field || a.start - b.start || a.end - b.end;
}

function inOriginal(draft: Draft, edit: Edit): Edit {
  const { field, start, end } = edit;
  const changes = draft.changes.filter(change => change.field === field);
  if (start < end) {
    const last = originOf(changes, end - 1);
    return { ...edit, start: originOf(changes, start).start, end: last.end };
  }
  // An insertion keeps to the word that it touches: to the one behind it only where none ends there.
  const before = textOf(draft, field).charAt(start - 1);
  const at = /\S/.test(before) ? originOf(changes, start - 1).end : originOf(changes, start).start;
  return { ...edit, start: at, end: at };
}
