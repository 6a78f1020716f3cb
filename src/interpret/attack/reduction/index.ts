/**
 * Input Reduction (Feng et al. 2018, "Pathologies of Neural Models Make Interpretations Difficult", arXiv:1804.07781): the least
 * important words go, one after another, while the prediction stays.
 *
 * The preset 'allennlp' does what AllenNLP's InputReduction means to do: single tokens, ranked by the norm of the gradient, a beam
 * of 3, at least one token left, an entity's own tokens kept. Left out are its faults: its beam keeps the children of one parent only
 * (here all children of all parents compete), its ignore list never protects a token (here it does), a sentence without an entity
 * stops it with an error, and it ends where its few offers fail (here every single removal is tried before a text is called minimal).
 */
import type { HealthCheck } from '../../../protocol/explanation';
import type { AttackMethod, Found, Search } from '../method';
import { countWords } from '../units';
import { nextBeam, type Node } from './beam';
import { shorten } from './coarse';
import { removable } from './removals';

/**
 * Of a long text many words go at once first (coarse.ts; not in AllenNLP's preset). Among the texts of the last round the surest is the result; it is 1-minimal: none of its words can go without the prediction. Nothing
 * is drawn at random.
 */
export const inputReduction: AttackMethod = async search => {
  const { start, tester, options } = search;
  if (start.reached) return nothing(`the model does not predict ${tester.goal.from} here`);
  if (removable(search, start).length === 0) {
    const few = countWords(start.read, options) < 2;
    const unit = options.unit === 'words' ? 'word' : 'token';
    return nothing(few ? `the text has a single ${unit}` : `no ${unit} of the text may be removed`);
  }
  const whole: Node = { trial: start, path: [], greedy: true };
  const first = options.preset === 'allennlp' ? whole : await shorten(search, whole);
  let beam: readonly Node[] = [first];
  for (;;) {
    const next = await nextBeam(search, beam);
    if (next.length === 0) break;
    beam = next;
    search.tell(beam[0]!.path);
  }
  const best = beam[0]!;
  return {
    path: best.path,
    // Nothing is cut short: what stops a search before is an error.
    minimality: { proved: true, says: minimality(search, best) },
    notes: first.path.length === 0 ? [] : [atOnce(first)],
    nothingToTry: null,
  };
};

function atOnce({ trial, path }: Node): HealthCheck {
  const steps = path.length === 1 ? 'first step' : `first ${path.length} steps`;
  const value = trial.draft.changes.length;
  const says = `The text is long: the ${steps} removed many of the least important words at once (${value} in all), the others went one by one.`;
  return { check: 'many-at-once', ok: true, value, says };
}

function nothing(nothingToTry: string): Found {
  return { path: [], minimality: null, notes: [], nothingToTry };
}

/** Of a text whose single removals have all been tried. */
function minimality(search: Search, { trial, path }: Node): string {
  const { options } = search;
  const tried = removable(search, trial).length;
  const unit = options.unit === 'words' ? 'word' : 'token';
  if (tried === 0) {
    return countWords(trial.read, options) === 1
      ? `a single ${unit} is left`
      : `no further ${unit} may be removed`;
  }
  const start = path.length === 0 ? 'already minimal' : `no further ${unit} can be removed`;
  return tried === 1
    ? `${start}: the one removal that is left changes the prediction`
    : `${start}: all ${tried} single removals change the prediction`;
}
