/** Another answer to a question: of models that find it in a context. */
import type { TextRange } from '../../../protocol/task';
import { readAnswering } from '../../task/answering';
import { answerOf, answerText, bestAnswers, sameRange, type Answer } from '../../task/answers';
import { cell, type Part } from '../../task/decision';
import { badQuestion, type TextAtHand } from '../../task/reading';
import type { Draft } from '../draft';
import type { Goal, GoalMaker } from '../goal';
import { alreadyPredicted } from './target';
import { describeUndecided, undecided, verdict } from './undecided';

/**
 * The best answer shall read otherwise than that of the original, or as the target, which must stand in the context; blanks at the
 * ends do not count. Where the original answer's own words were edited it is known by its place instead. A context has one
 * best answer, so the question's `label` is not looked at.
 *
 * The logit of an answer is the sum of its two ends'. The margin is the logit of the best other answer minus that of the original
 * one, or that of the target minus that of the best other.
 */
export const answeringGoal: GoalMaker = ({ read, target }): Goal => {
  const best = bestAnswers(read.hand)[0];
  if (!best) throw badQuestion('There is no context in which an answer could stand.');
  const says = (hand: TextAtHand, { range }: Answer): string => answerText(hand, range).trim();
  const own = says(read.hand, best);
  const wanted = target === null ? null : target.trim();
  if (wanted === own) alreadyPredicted(own);
  if (wanted !== null) needPossible(read.hand, wanted);

  const sidesOf = (hand: TextAtHand, { anchor }: Draft): Sides => {
    const place = anchor ?? best.range;
    const untouched = answerText(hand, place).trim() === own;
    const isOwn = (answer: Answer): boolean =>
      untouched ? says(hand, answer) === own : sameRange(answer.range, place);
    if (wanted === null) {
      const sides = split(hand, isOwn, () => answerOf(hand, place));
      return { plus: sides.others, minus: sides.meant, best: sides.best };
    }
    const isWanted = (answer: Answer): boolean => says(hand, answer) === wanted;
    const sides = split(hand, isWanted, () => possible(hand, wanted));
    return { plus: sides.meant, minus: sides.others, best: sides.best };
  };

  return {
    says:
      wanted === null
        ? `Make the model answer anything but "${own}".`
        : `Make the model answer "${wanted}" instead of "${own}".`,
    from: own,
    label: { kind: 'answer', ...best.range },
    anchor: { field: 1, ...best.range },
    anchorMayChange: true,
    judge: ({ hand }, draft) => {
      const { plus, minus, best: now } = sidesOf(hand, draft);
      if (!now) return undecided;
      return verdict(now === plus, plus?.logit ?? null, minus?.logit ?? null);
    },
    describe: ({ hand }) => {
      const now = bestAnswers(hand, 1)[0];
      if (!now) return describeUndecided(hand);
      const { prediction } = readAnswering(hand).ask({ kind: 'predicted' }, 'both');
      return { label: says(hand, now), prediction };
    },
    parts: ({ hand }, draft) => {
      const { plus, minus } = sidesOf(hand, draft);
      return [...(plus ? [partOf(plus, 1)] : []), ...(minus ? [partOf(minus, -1)] : [])];
    },
  };
};

/** The answer that shall win, the one that shall lose, and the best of all: one of both. */
interface Sides {
  readonly plus: Answer | null;
  readonly minus: Answer | null;
  readonly best: Answer | null;
}

/** The best answer that is meant (or what `fallback` finds, where it is not among the best) and the best other one. */
function split(
  hand: TextAtHand,
  isMeant: (answer: Answer) => boolean,
  fallback: () => Answer | null,
): { meant: Answer | null; others: Answer | null; best: Answer | null } {
  const few = bestAnswers(hand);
  // An answer may be repeated so often that nothing else is among the few best.
  const found = few.every(isMeant) ? bestAnswers(hand, Infinity) : few;
  const meant = found.find(isMeant) ?? fallback();
  return {
    meant,
    others: found.find(answer => !isMeant(answer)) ?? null,
    best: found[0] ?? null,
  };
}

/** Of the places where the context has `text`, the likeliest at which it is an answer of whole tokens; null where none is. */
function possible(hand: TextAtHand, text: string): Answer | null {
  const found = occurrences(hand.pair ?? '', text)
    .map(range => answerOf(hand, range))
    .filter(answer => answer !== null && answerText(hand, answer.range).trim() === text);
  return found.reduce(
    (best, answer) => (best === null || (answer && answer.logit > best.logit) ? answer : best),
    null,
  );
}

function occurrences(whole: string, text: string): TextRange[] {
  const found: TextRange[] = [];
  if (text === '') return found;
  for (let start = whole.indexOf(text); start >= 0; start = whole.indexOf(text, start + 1)) {
    found.push({ start, end: start + text.length });
  }
  return found;
}

function needPossible(hand: TextAtHand, text: string): void {
  if (possible(hand, text)) return;
  throw badQuestion(
    (hand.pair ?? '').includes(text) && text !== ''
      ? `"${text}" stands in the context only in the middle of words, so the model cannot answer it; choose whole words.`
      : `"${text}" does not stand in the context, so the model cannot answer it; choose words of the context, written as they are there.`,
  );
}

function partOf({ window, first, last }: Answer, weight: number): Part {
  return {
    window,
    weight,
    decisions: [
      { position: 0, cells: [cell(first)] },
      { position: 1, cells: [cell(last)] },
    ],
  };
}
