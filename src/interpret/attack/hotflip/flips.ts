/** Flips in terms of the original text, so that any set of them can be applied to it. */
import { applyInOriginal, type Draft, type Edit } from '../draft';
import type { Proposal } from './proposal';

export interface Flip {
  /** In place in the original text. */
  readonly edit: Edit;
  readonly estimate: number | null;
}

/** The flip that a proposal is, made for a text that has `made` already. */
export function flipOf({ draft, estimate }: Proposal, made: readonly Flip[]): Flip {
  const earlier = new Set(made.map(flip => flip.edit));
  const edit = draft.origin.edits.find(one => !earlier.has(one))!;
  return { edit, estimate };
}

/** All flips at once, or one more, in whatever order they were found. */
export function applyFlips(draft: Draft, flips: readonly Flip[]): Draft {
  return applyInOriginal(
    draft,
    flips.map(({ edit }) => edit),
  );
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
