/** What every task's reader is given, and what it answers. */
import type { Head } from '../../model/head';
import type { RowOutput } from '../../model/rowOutput';
import type { Window } from '../../model/windows';
import type { HealthCheck, Prediction, Token } from '../../protocol/explanation';
import { GlassboxError } from '../../protocol/messages';
import type { AnswerPart, Gold, LabelChoice, Question, TextRange } from '../../protocol/task';
import type { Tokenizer } from '../../runtime/tokenizer';
import type { Part } from './decision';

/** A text that the model has read. */
export interface TextAtHand {
  readonly head: Head;
  readonly tokenizer: Tokenizer | null;
  /** Null where only token ids are known; offsets mean nothing then. */
  readonly text: string | null;
  readonly pair: string | null;
  /** The dataset's own words of `text`. */
  readonly words: readonly TextRange[] | null;
  readonly ids: readonly number[];
  readonly tokens: readonly Token[];
  readonly windows: readonly Window[];
  /** One a window. */
  readonly outputs: readonly RowOutput[];
  readonly gold: Gold | null;
  readonly focusWord: number | null;
  /** The token that is decided where only ids are known. */
  readonly position: number | null;
  readonly maskId: number | null;
}

/** A question with everything that is needed to compute its explanation. */
export interface Asked {
  /** Asks for exactly this again. */
  readonly choice: LabelChoice;
  readonly label: string;
  readonly against: string | null;
  /** 'predicted', 'gold', 'chosen' or 'contrast'. */
  readonly why: string;
  /** What the scalar is of: '"positive"', 'B-PER, I-PER at "Eric Wallace" (mean of 2 words)'. */
  readonly what: string;
  readonly parts: readonly Part[];
  readonly prediction: Prediction;
  /** Probability of what is explained, for the check of saturation; null where there is none. */
  readonly probability: number | null;
}

export interface Reading {
  readonly gold: string | null;
  readonly correct: boolean | null;
  readonly questions: readonly Question[];
  /** What the dataset says that the model does not know. */
  readonly notes: readonly HealthCheck[];
  /** Throws GlassboxError 'bad-input' for a question that makes no sense here. */
  ask(choice: LabelChoice, part: AnswerPart): Asked;
}

export type Reader = (text: TextAtHand) => Reading;

export function badQuestion(says: string): GlassboxError {
  return new GlassboxError('bad-input', says);
}

export function question(
  group: string,
  says: string,
  choice: LabelChoice,
  possible = true,
): Question {
  return { group, says, choice, possible };
}

/** Throws GlassboxError 'bad-model' where a logit is no number: there is nothing to explain then. */
export function checkFinite(logits: ArrayLike<number>): void {
  const broken = Array.from(logits).findIndex(logit => !Number.isFinite(logit));
  if (broken < 0) return;
  throw new GlassboxError(
    'bad-model',
    `The model gives no finite prediction for this text (logit ${broken} is ${logits[broken]!}), so there is nothing to explain.`,
  );
}

export function indexOfLargest(numbers: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! > numbers[best]!) best = i;
  return best;
}

/** Indices of the `count` largest, the largest first. */
export function topOf(numbers: ArrayLike<number>, count: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < numbers.length; i++) {
    if (best.length === count && numbers[i]! <= numbers[best.at(-1)!]!) continue;
    let at = best.length;
    while (at > 0 && numbers[best[at - 1]!]! < numbers[i]!) at--;
    best.splice(at, 0, i);
    if (best.length > count) best.pop();
  }
  return best;
}
