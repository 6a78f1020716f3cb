/**
 * What was changed in a text, ready to be drawn: each change at its place in the changed text, and what was deleted at the
 * place where it stood, so that the original can still be read in it.
 */
import type { Change, FieldIndex } from '../../src/protocol';

export interface Mark {
  /** UTF-16 offsets of `to` in the changed text; equal after a deletion. */
  readonly start: number;
  readonly end: number;
  /** Without blanks around; '' of an insertion. */
  readonly from: string;
  /** Without blanks around; '' of a deletion. */
  readonly to: string;
  /** Blanks that went with a deleted word, to be shown before and after it. */
  readonly lead: string;
  readonly tail: string;
  /** Changed letters inside of a word. */
  readonly inside: boolean;
  /** Made by the step that is shown; others are older. */
  readonly isNew: boolean;
}

export type MarkKind = 'replaced' | 'respelled' | 'deleted' | 'inserted';

/** The sign before the new text, or before what was deleted; never colour alone tells a change. */
export const markSigns: Readonly<Record<MarkKind, string>> = {
  replaced: '\u2192',
  respelled: '\u2248',
  deleted: '\u2212',
  inserted: '+',
};

export function kindOf({ from, to, inside }: Mark): MarkKind {
  if (to === '') return 'deleted';
  if (from === '') return 'inserted';
  return inside ? 'respelled' : 'replaced';
}

/** 'changed bad to good', 'deleted bad', 'inserted good'; look-alike letters are named by their code points. */
export function spokenMark(mark: Mark): string {
  const { from, to } = mark;
  switch (kindOf(mark)) {
    case 'deleted':
      return `deleted ${from}`;
    case 'inserted':
      return `inserted ${to}`;
    case 'replaced':
      return `changed ${from} to ${to}`;
    case 'respelled': {
      const strange = foreignLetters(mark);
      return `respelled ${from} as ${to}${strange === '' ? '' : ` (with ${strange})`}`;
    }
  }
}

/** Letters of the new text beyond ASCII that the old one has not: 'U+043E'. A look-alike cannot be seen, only told. */
export function foreignLetters({ from, to }: Mark): string {
  const letters = [...new Set(to)].filter(letter => letter > '\u007f' && !from.includes(letter));
  return letters
    .map(letter => `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`)
    .join(', ');
}

/**
 * The marks of one field's text. `changes` are all since the original, in order of the text, `changed` those of the step
 * that is shown; neighbours among the deletions become one mark.
 */
export function marksOf(
  field: FieldIndex,
  changes: readonly Change[],
  changed: readonly Change[],
): Mark[] {
  const fresh = new Set(changed.map(keyOf));
  const marks: Mark[] = [];
  for (const change of changes) {
    if (change.field !== field) continue;
    const mark = markOf(change, fresh.has(keyOf(change)));
    if (mark.from === '' && mark.to === '') continue;
    const last = marks.at(-1);
    const joins =
      last?.to === '' && mark.to === '' && last.start === mark.start && last.isNew === mark.isNew;
    if (joins) marks[marks.length - 1] = joined(last, mark);
    else marks.push(mark);
  }
  return marks;
}

function keyOf({ field, start, end, from, to }: Change): string {
  return JSON.stringify([field, start, end, from, to]);
}

function markOf(change: Change, isNew: boolean): Mark {
  const { from, to, start } = change;
  const isDeletion = to.trim() === '';
  const before = isDeletion ? 0 : to.length - to.trimStart().length;
  const [lead, tail] = isDeletion ? blanksAround(from) : ['', ''];
  const inner = to.trim();
  return {
    start: start + before,
    end: start + before + inner.length,
    from: from.trim(),
    to: inner,
    lead,
    tail,
    inside: change.edit === 'characters',
    isNew,
  };
}

function blanksAround(text: string): [string, string] {
  const inner = text.trim();
  const lead = text.length - text.trimStart().length;
  return [text.slice(0, lead), text.slice(lead + inner.length)];
}

function joined(first: Mark, second: Mark): Mark {
  return {
    ...first,
    from: `${first.from}${first.tail}${second.lead}${second.from}`,
    tail: second.tail,
  };
}
