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
  const [best] = bestAnswers(read.hand, 1);
  if (!best) throw badQuestion('There is no context in which an answer could stand.');
  const says = (hand: TextAtHand, range: TextRange): string => answerText(hand, range).trim();
  const own = says(read.hand, best.range);
  const wanted = target === null ? null : target.trim();
  if (wanted === own) alreadyPredicted(own);
  if (wanted !== null) needPossible(read.hand, wanted);

  const sidesOf = (hand: TextAtHand, { anchor }: Draft): Sides => {
    if (wanted !== null) {
      const isWanted = (range: TextRange): boolean => says(hand, range) === wanted;
      const [plus, minus] = split(hand, isWanted, () => possible(hand, wanted));
      return { plus, minus };
    }
    const place = anchor ?? best.range;
    const untouched = says(hand, place) === own;
    const isOwn = (range: TextRange): boolean =>
      untouched ? says(hand, range) === own : sameRange(range, place);
    const [minus, plus] = split(hand, isOwn, () => answerOf(hand, place));
    return { plus, minus };
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
      const [now] = bestAnswers(hand, 1);
      if (!now) return undecided;
      const { plus, minus } = sidesOf(hand, draft);
      const reached = plus !== null && sameRange(plus.range, now.range);
      return verdict(reached, plus?.logit ?? null, minus?.logit ?? null);
    },
    describe: ({ hand }) => {
      const [now] = bestAnswers(hand, 1);
      if (!now) return describeUndecided(hand);
      const { prediction } = readAnswering(hand).ask({ kind: 'predicted' }, 'both');
      return { label: says(hand, now.range), prediction };
    },
    parts: ({ hand }, draft) => {
      const { plus, minus } = sidesOf(hand, draft);
      return [...(plus ? [partOf(plus, 1)] : []), ...(minus ? [partOf(minus, -1)] : [])];
    },
  };
};

/** The answer that shall win, and the one that shall lose; null where there is none. */
interface Sides {
  readonly plus: Answer | null;
  readonly minus: Answer | null;
}

/** The best answer that is meant (else what `fallback` finds, where it is not among the candidates), and the best other one. */
function split(
  hand: TextAtHand,
  isMeant: (range: TextRange) => boolean,
  fallback: () => Answer | null,
): [meant: Answer | null, other: Answer | null] {
  const [meant] = bestAnswers(hand, 1, isMeant);
  const [other] = bestAnswers(hand, 1, range => !isMeant(range));
  return [meant ?? fallback(), other ?? null];
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
