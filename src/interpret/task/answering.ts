/** Reads extractive question answering: the tokens of the context where the answer starts and ends. */
import type { HealthCheck, Prediction } from '../../protocol/explanation';
import type { AnswerPart, LabelChoice, TextRange } from '../../protocol/task';
import { cell, logSoftmax } from './decision';
import {
  badQuestion,
  checkFinite,
  question,
  topOf,
  type Asked,
  type Reader,
  type TextAtHand,
} from './reading';
import { readTogether } from './words';

/** Longer answers are not considered, as is usual for SQuAD. */
const longestAnswer = 30;
/** So many answers are shown. */
const shown = 5;
/** Of each window so many starts and ends are combined. */
const candidates = 20;

/** An answer in one window; `first` and `last` are positions of the row, both included. */
interface Answer {
  readonly window: number;
  readonly first: number;
  readonly last: number;
  /** Characters of the context; token indices where there is no text. */
  readonly range: TextRange;
  readonly logit: number;
  readonly probability: number;
}

export const readAnswering: Reader = text => {
  const found = bestAnswers(text);
  const right = goldAnswers(text);
  const best = found[0];
  if (!best) {
    throw badQuestion(
      'There is no context in which an answer could stand; name the field of the context (glassbox.pairField).',
    );
  }
  const says = ({ range }: { range: TextRange }): string => answerText(text, range);
  const agrees = right.some(
    ({ range }) => range.start === best.range.start && range.end === best.range.end,
  );
  const asked = text.gold?.kind === 'answers' && text.gold.answers.length > 0;
  return {
    gold: right[0] ? says(right[0]) : null,
    correct: right[0] ? agrees || right.some(answer => says(answer) === says(best)) : null,
    questions: [
      ...found.map(answer =>
        question('Answers', `\u201c${says(answer)}\u201d`, { kind: 'answer', ...answer.range }),
      ),
      ...right.map(answer =>
        question('Gold', `\u201c${says(answer)}\u201d`, { kind: 'answer', ...answer.range }),
      ),
    ],
    notes: asked && right.length === 0 ? [unseenGold()] : [],
    ask: (choice, part) => askAnswer(text, found, right, choice, part),
  };
};

/** Positions of the context in a window; where only ids are known, everything that is read. */
function contextOf({ tokens, windows, text }: TextAtHand, window: number): number[] {
  const { tokens: inside, row } = windows[window]!;
  return [...inside.keys()].filter(position => {
    const token = tokens[inside[position]!]!;
    if (text === null) return row.mask[position] === 1;
    return !token.special && token.field === 1;
  });
}

function ends({ outputs }: TextAtHand, window: number): [number[], number[]] {
  const [start, end] = outputs[window]!.values.map(logits => {
    checkFinite(logits);
    return Array.from(logits);
  });
  return [start!, end!];
}

function bestAnswers(text: TextAtHand): Answer[] {
  const all = text.windows.flatMap((_, window) => {
    const context = contextOf(text, window);
    const [start, end] = ends(text, window);
    const top = (logits: readonly number[]): number[] =>
      topOf(
        context.map(position => logits[position]!),
        candidates,
      ).map(i => context[i]!);
    const lasts = top(end);
    return top(start).flatMap(first =>
      lasts
        .filter(last => last >= first && last - first < longestAnswer)
        .map(last => ({ window, first, last, logit: start[first]! + end[last]! })),
    );
  });
  all.sort((a, b) => b.logit - a.logit);
  const distinct: Answer[] = [];
  for (const { window, first, last } of all) {
    if (distinct.length === shown) break;
    const answer = answerAt(text, window, first, last);
    // Windows overlap, so the same answer may be read twice.
    if (!distinct.some(other => sameRange(answer.range, other.range))) distinct.push(answer);
  }
  return distinct;
}

function sameRange(a: TextRange, b: TextRange): boolean {
  return a.start === b.start && a.end === b.end;
}

function answerAt(text: TextAtHand, window: number, first: number, last: number): Answer {
  const [start, end] = ends(text, window);
  const { tokens: inside } = text.windows[window]!;
  const [from, to] = [inside[first]!, inside[last]!];
  const range =
    text.text === null
      ? { start: from, end: to + 1 }
      : { start: text.tokens[from]!.start, end: text.tokens[to]!.end };
  const probability = Math.exp(logSoftmax(start)[first]! + logSoftmax(end)[last]!);
  return { window, first, last, range, logit: start[first]! + end[last]!, probability };
}

/** The answer that covers these characters (without a text: tokens), in the window that has most around it. */
function answerOf(text: TextAtHand, { start, end }: TextRange): Answer | null {
  const inside = [...text.tokens.keys()].filter(index => {
    const token = text.tokens[index]!;
    if (text.text === null) return index >= start && index < end;
    return !token.special && token.field === 1 && token.start < end && token.end > start;
  });
  if (inside.length === 0) return null;
  const place = readTogether(text.windows, [inside[0]!, inside.at(-1)!]);
  return place && answerAt(text, place.window, place.positions[0]!, place.positions[1]!);
}

function goldAnswers(text: TextAtHand): Answer[] {
  if (text.gold?.kind !== 'answers') return [];
  const found = text.gold.answers
    .map(range => answerOf(text, range))
    .filter(found => found !== null);
  return found.filter((answer, i) => found.findIndex(a => sameRange(a.range, answer.range)) === i);
}

function answerText({ text, pair, tokens }: TextAtHand, { start, end }: TextRange): string {
  if (text !== null) return (pair ?? '').slice(start, end);
  return tokens
    .slice(start, end)
    .map(token => token.text)
    .join(' ');
}

function askAnswer(
  text: TextAtHand,
  found: readonly Answer[],
  right: readonly Answer[],
  choice: LabelChoice,
  part: AnswerPart,
): Asked {
  const { answer, against = null, why } = meant(text, found, right, choice);
  if (against && against.window !== answer.window) {
    throw badQuestion(
      'Predicted and gold answer stand in different parts of the long context, so they cannot be subtracted; explain one of them.',
    );
  }
  const decision = (end: 0 | 1) => ({
    position: end,
    cells: [
      cell(end === 0 ? answer.first : answer.last),
      ...(against ? [cell(end === 0 ? against.first : against.last, -1)] : []),
    ],
  });
  const wanted: (0 | 1)[] = part === 'both' ? [0, 1] : part === 'start' ? [0] : [1];
  const says = answerText(text, answer.range);
  const minus = against ? ` minus "${answerText(text, against.range)}"` : '';
  const where = part === 'both' ? 'start and end' : `the ${part}`;
  return {
    choice: against ? { kind: 'contrast' } : { kind: 'answer', ...answer.range },
    label: says,
    against: against && answerText(text, against.range),
    why,
    what: `${where} of "${says}"${minus}`,
    parts: [{ window: answer.window, weight: 1, decisions: wanted.map(decision) }],
    prediction: predictionOf(text, found, right, answer),
    probability: answer.probability,
  };
}

function predictionOf(
  text: TextAtHand,
  found: readonly Answer[],
  right: readonly Answer[],
  asked: Answer,
): Prediction {
  const all = [...found, ...right, asked];
  const bars = all.filter(
    (answer, i) => all.findIndex(a => sameRange(a.range, answer.range)) === i,
  );
  return {
    task: 'question-answering',
    link: 'softmax',
    label: answerText(text, found[0]!.range),
    labels: bars.map(({ range }) => answerText(text, range)),
    logits: bars.map(({ logit }) => logit),
    probabilities: bars.map(({ probability }) => probability),
    decided: [0],
    right: bars.flatMap(({ range }, i) => (right.some(a => sameRange(a.range, range)) ? [i] : [])),
    entities: [],
  };
}

function meant(
  text: TextAtHand,
  found: readonly Answer[],
  right: readonly Answer[],
  choice: LabelChoice,
): { answer: Answer; against?: Answer; why: string } {
  const best = found[0]!;
  switch (choice.kind) {
    case 'predicted':
      return { answer: best, why: 'predicted' };
    case 'gold':
      return { answer: needGold(right), why: 'gold' };
    case 'contrast': {
      const against = needGold(right);
      if (!sameRange(against.range, best.range)) return { answer: best, against, why: 'contrast' };
      throw badQuestion(
        'The model gives the gold answer, so predicted minus gold is zero everywhere; explain the predicted answer instead.',
      );
    }
    case 'answer': {
      const answer = answerOf(text, choice);
      if (answer) return { answer, why: 'chosen' };
      throw badQuestion(
        `The model read no answer at the characters ${choice.start} to ${choice.end} of the context; choose others.`,
      );
    }
    case 'label':
    case 'not':
    case 'span':
    case 'mask':
      throw badQuestion(
        'This model looks for an answer in a context; choose one of its answers, or characters of the context (answer:START-END).',
      );
  }
}

function needGold(right: readonly Answer[]): Answer {
  if (right[0]) return right[0];
  throw badQuestion(
    'The line has no gold answer that stands in the context; explain a predicted answer instead.',
  );
}

function unseenGold(): HealthCheck {
  return {
    check: 'gold-label',
    ok: false,
    value: null,
    says: 'The gold answer stands in no part of the context that the model read, so it cannot be compared with the prediction.',
  };
}
