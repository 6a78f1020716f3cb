/** Reads extractive question answering: the tokens of the context where the answer starts and ends. */
import type { HealthCheck, Prediction } from '../../protocol/explanation';
import type { AnswerPart, LabelChoice, TextRange } from '../../protocol/task';
import {
  answerOf,
  answerText,
  bestAnswers,
  goldAnswers,
  likeliestEnd,
  sameRange,
  type Answer,
} from './answers';
import { cell } from './decision';
import { badQuestion, question, type Asked, type Reader, type TextAtHand } from './reading';

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

function askAnswer(
  text: TextAtHand,
  found: readonly Answer[],
  right: readonly Answer[],
  choice: LabelChoice,
  part: AnswerPart,
): Asked {
  const {
    answer,
    against = null,
    why,
  } = choice.kind === 'predicted' && text.text === null && part !== 'both'
    ? { answer: likeliestEnd(text, part), why: 'predicted' }
    : meant(text, found, right, choice);
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
