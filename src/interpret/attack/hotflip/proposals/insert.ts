/** Words put between two others: a placeholder keeps the place, and the gradient there says which word to write. */
import type { ResolvedAttackOptions } from '../../../../protocol/attack';
import type { Row } from '../../../../model/inputs';
import type { Model } from '../../../../model/model';
import type { Head } from '../../../../model/head';
import type { Decision } from '../../../task/decision';
import { filtersFor, type FilterTarget } from '../../flip/filters';
import type { FlipQuestion } from '../../flip/flipQuestion';
import type { Vocabulary } from '../../flip/vocabulary';
import type { Place } from '../../goal';
import type { Tester, Trial } from '../../tester';
import type { AskedWindow, Gradients, Slope, Slopes } from '../gradientStep';
import type { Idea } from '../proposal';

/** What is inserted is a word like this: of small letters. */
const anyWord: FilterTarget = { id: -1, text: 'word', startsWord: true };

/** Gaps a text that are tried. */
const mostGaps = 8;

/** A place between two words, or at an end of the text. */
interface Gap {
  readonly place: Place;
  /** Of the encoding: the token that stands behind it. */
  readonly token: number;
  readonly asked: AskedWindow;
  /** Of the row of the window. */
  readonly position: number;
}

/**
 * For each text the words to insert, best first at each gap. The estimate is the scalar with a placeholder in the gap, less the scalar of the
 * text, plus the first-order gain of the word in the placeholder's place. Nothing is found where the model knows no placeholder.
 */
export async function insertionsOf(
  tester: Tester,
  gradients: Gradients,
  texts: readonly { trial: Trial; found: Slopes }[],
  vocabulary: Vocabulary,
  options: ResolvedAttackOptions,
  best: number,
): Promise<Idea[][]> {
  const placeholder = placeholderOf(tester.model);
  const {
    filters,
    filterOf: [filter],
  } = filtersFor(vocabulary, options, [anyWord]);
  if (placeholder === null || filter === undefined || filter === null) return texts.map(() => []);
  const gaps = texts.map(({ trial, found }) => gapsOf(tester.model, trial, found));
  const questions = texts.flatMap(({ trial }, index) =>
    gaps[index]!.map(gap => questionOf(tester.model.about.head, trial, gap, placeholder, filter)),
  );
  if (questions.length === 0) return texts.map(() => []);
  tester.stopIfCancelled();
  const { answers, runs } = await gradients.run(
    questions,
    // There is nothing to be like.
    { filters, best, minCosine: null },
    tester.options,
  );
  tester.spent(questions.length, runs);
  let next = 0;
  return gaps.map(ofText =>
    ofText.flatMap(({ place, token, asked, position }): Idea[] => {
      const { value, replacements } = answers[next++]!;
      return replacements[position]!.flatMap(({ id, gain }): Idea[] => {
        const to = vocabulary.surfaceOf(id);
        if (to === null) return [];
        const edit = { ...place, edit: 'insert', to } as const;
        const meant = { id, first: token, end: token };
        return [{ edit, estimate: value - asked.value + gain, meant, id }];
      });
    }),
  );
}

/** The mask, else the unknown token, else padding. */
function placeholderOf({ about }: Model): number | null {
  return about.maskId ?? about.tokenizer?.unkId ?? about.padId;
}

/** Beside the units with the largest gradients, where a blank or the text's end says that two words meet. */
function gapsOf({ about }: Model, { draft, read }: Trial, { slopes, windows }: Slopes): Gap[] {
  const { hand } = read;
  const gaps = new Map<number, Gap>();
  const beside = (slope: Slope, end: 'before' | 'behind'): void => {
    const { place, tokens } = slope.unit;
    const text = (place.field === 0 ? hand.text : hand.pair) ?? '';
    const at = end === 'before' ? place.start : place.end;
    const neighbour = text.charAt(end === 'before' ? at - 1 : at);
    const token = end === 'before' ? tokens[0]! : tokens.at(-1)! + 1;
    const asked = windows[slope.window]!;
    const { row } = hand.windows[asked.window]!;
    const full = row.ids.length >= Math.min(about.maxTokens, about.inputs.length ?? Infinity);
    // Each place is changed once: not beside what was changed before, nor inside of what is attacked.
    const taken = draft.changes.some(
      change => change.field === place.field && change.start - 1 <= at && at <= change.end + 1,
    );
    const { anchor } = draft;
    const within = anchor?.field === place.field && anchor.start < at && at < anchor.end;
    if (full || taken || within || /\S/.test(neighbour) || gaps.has(token)) return;
    const position = slope.positions[0]! + (end === 'before' ? 0 : tokens.length);
    gaps.set(token, {
      place: { field: place.field, start: at, end: at },
      token,
      asked,
      position,
    });
  };
  for (const slope of [...slopes].sort((a, b) => b.norm - a.norm)) {
    for (const end of ['before', 'behind'] as const) {
      if (gaps.size < mostGaps) beside(slope, end);
    }
  }
  return [...gaps.values()];
}

function questionOf(
  head: Head,
  { read }: Trial,
  { asked, position }: Gap,
  placeholder: number,
  filter: number,
): FlipQuestion {
  const row = withToken(read.hand.windows[asked.window]!.row, position, placeholder);
  return {
    row,
    decisions: asked.decisions.map(decision => shifted(head, decision, position)),
    filterOf: row.ids.map((_, at) => (at === position ? filter : null)),
  };
}

/** The row with one more token at a position, of the type of its neighbour. */
function withToken({ ids, mask, typeIds }: Row, at: number, id: number): Row {
  return {
    ids: ids.toSpliced(at, 0, id),
    mask: mask.toSpliced(at, 0, 1),
    typeIds: typeIds.toSpliced(at, 0, typeIds[Math.max(0, at - 1)] ?? 0),
  };
}

/** The same decision in a row that has one more token at `at`. */
function shifted({ decides }: Head, { position, cells }: Decision, at: number): Decision {
  const behind = (index: number): number => (index >= at ? index + 1 : index);
  if (decides === 'text') return { position, cells };
  if (decides === 'token') return { position: behind(position), cells };
  // An answer's ends are chosen among the tokens.
  return { position, cells: cells.map(cell => ({ ...cell, choice: behind(cell.choice) })) };
}
