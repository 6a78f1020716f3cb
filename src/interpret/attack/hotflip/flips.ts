/** Flips in terms of the original text, so that any set of them can be applied to it. */
import type { Change } from '../../../protocol/attack';
import { apply, type Draft, type Edit } from '../draft';
import type { Proposal } from './proposal';

export interface Flip {
  /** In place in the original text. */
  readonly edit: Edit;
  readonly estimate: number | null;
  /** Characters that it adds, blanks that come or go with a word included. */
  readonly growth: number;
}

/** The flip that a proposal is, made for a text that has `made` already. */
export function flipOf({ edit, draft, estimate }: Proposal, made: readonly Flip[]): Flip {
  const [change] = draft.changed as readonly [Change];
  const growth = change.to.length - change.from.length;
  let grown = 0;
  for (const flip of inField(made, edit)) {
    // Of a deleted word a place without characters is left: what starts there stood behind it.
    if (flip.edit.end + grown + flip.growth > edit.start) break;
    grown += flip.growth;
  }
  return { edit: moved(edit, -grown), estimate, growth };
}

/** All flips at once. */
export function applyAll(original: Draft, flips: readonly Flip[]): Draft {
  const edits = [...flips].sort(inText).map(({ edit }) => edit);
  // Of two at one place the later is applied first.
  return apply(original, edits.reverse());
}

/** One more flip on a text that has `made` already. */
export function applyNext(draft: Draft, flip: Flip, made: readonly Flip[]): Draft {
  const grown = inField(made, flip.edit)
    .filter(other => inText(other, flip) < 0)
    .reduce((sum, { growth }) => sum + growth, 0);
  return apply(draft, [moved(flip.edit, grown)]);
}

/** The largest estimate first, those without one last; of equals the one that stands first. */
export function byGain(a: Flip, b: Flip): number {
  // Two without an estimate: the difference is no number, which is no answer either.
  return (b.estimate ?? -Infinity) - (a.estimate ?? -Infinity) || inText(a, b);
}

/** In order of the original text; what is inserted before a word stands before it. */
function inText({ edit: a }: Flip, { edit: b }: Flip): number {
  return a.field - b.field || a.start - b.start || a.end - b.end;
}

function inField(made: readonly Flip[], { field }: Edit): Flip[] {
  return made.filter(flip => flip.edit.field === field).sort(inText);
}

function moved(edit: Edit, by: number): Edit {
  return { ...edit, start: edit.start + by, end: edit.end + by };
}
