/** Words put between two others: a placeholder keeps the place, and the gradient there says which word to write. */
import type { Row } from '../../../../model/inputs';
import type { Head } from '../../../../model/head';
import type { Model } from '../../../../model/model';
import type { Decision } from '../../../task/decision';
import type { FilterTarget } from '../../flip/filters';
import type { FlipAnswer, FlipQuestion } from '../../flip/flipQuestion';
import type { Vocabulary } from '../../flip/vocabulary';
import type { Place } from '../../goal';
import type { Trial } from '../../tester';
import type { AskedWindow, Slope, Slopes } from '../gradientStep';
import type { Idea } from '../proposal';

/** What is inserted is a word like this: of small letters. */
export const anyWord: FilterTarget = { id: -1, text: 'word', startsWord: true };

/** Gaps a text that are tried. */
const mostGaps = 8;

/** A place between two words, or at an end of the text. */
export interface Gap {
  readonly place: Place;
  /** Of the encoding: the token that stands behind it. */
  readonly token: number;
  readonly asked: AskedWindow;
  /** Of the row of the window. */
  readonly position: number;
}

/** Beside the units with the largest gradients, where a blank or the text's end says that two words meet. */
export function gapsOf({ about }: Model, trial: Trial, { slopes, windows }: Slopes): Gap[] {
  const { hand } = trial.read;
  const gaps = new Map<number, Gap>();
  const most = Math.min(about.maxTokens, about.inputs.length ?? Infinity);
  for (const slope of [...slopes].sort((a, b) => b.norm - a.norm)) {
    const asked = windows[slope.window]!;
    if (hand.windows[asked.window]!.row.ids.length >= most) continue;
    for (const gap of [gapBefore(slope, asked), gapBehind(slope, asked)]) {
      if (gaps.size < mostGaps && !gaps.has(gap.token) && isOpen(trial, gap.place)) {
        gaps.set(gap.token, gap);
      }
    }
  }
  return [...gaps.values()];
}

/** The text with a placeholder in the gap. */
export function questionOf(
  { decides }: Head,
  { read }: Trial,
  { asked, position }: Gap,
  placeholder: number,
  filter: number,
): FlipQuestion {
  const row = withToken(read.hand.windows[asked.window]!.row, position, placeholder);
  return {
    row,
    decisions: asked.decisions.map(decision => shifted(decides, decision, position)),
    filterOf: row.ids.map((_, at) => (at === position ? filter : null)),
  };
}

/**
 * The words to insert, the best first. The estimate is the scalar with the placeholder, less that of the text, plus the first-order
 * gain of the word in the placeholder's place.
 */
export function insertionsOf(
  { place, token, asked, position }: Gap,
  { value, replacements }: FlipAnswer,
  vocabulary: Vocabulary,
): Idea[] {
  return replacements[position]!.flatMap(({ id, gain }): Idea[] => {
    const to = vocabulary.surfaceOf(id);
    if (to === null) return [];
    const edit = { ...place, edit: 'insert', to } as const;
    const meant = { id, first: token, end: token };
    return [{ edit, estimate: value - asked.value + gain, meant, id }];
  });
}

function gapBefore({ unit, positions }: Slope, asked: AskedWindow): Gap {
  const { field, start } = unit.place;
  const place = { field, start, end: start };
  return { place, token: unit.tokens[0]!, asked, position: positions[0]! };
}

function gapBehind({ unit, positions }: Slope, asked: AskedWindow): Gap {
  const { field, end } = unit.place;
  const place = { field, start: end, end };
  return { place, token: unit.tokens.at(-1)! + 1, asked, position: positions.at(-1)! + 1 };
}

/** Words meet here, nothing was changed beside it, and it is not inside of what is attacked. */
function isOpen({ draft, read: { hand } }: Trial, { field, start: at }: Place): boolean {
  const text = (field === 0 ? hand.text : hand.pair) ?? '';
  const meet = at === 0 || at === text.length || /\s/.test(text.slice(at - 1, at + 1));
  const changed = draft.changes.some(
    change => change.field === field && change.start - 1 <= at && at <= change.end + 1,
  );
  const { anchor } = draft;
  const within = anchor?.field === field && anchor.start < at && at < anchor.end;
  return meet && !changed && !within;
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
function shifted(decides: Head['decides'], { position, cells }: Decision, at: number): Decision {
  const moved = (index: number): number => (index >= at ? index + 1 : index);
  if (decides === 'text') return { position, cells };
  if (decides === 'token') return { position: moved(position), cells };
  // An answer's ends are chosen among the tokens.
  return { position, cells: cells.map(cell => ({ ...cell, choice: moved(cell.choice) })) };
}
