/** Panel states of the tasks beyond one label a text; the sentences are made for the tests. */
import type {
  Entity,
  PanelState,
  Prediction,
  Question,
  TextRange,
  Token,
} from '../../../src/protocol';
import { labelPrediction, labelQuestions, piecesIn, special, stateOf, wordPieces } from './samples';

/** Numbers of both signs, the same for the same count: none is special. */
const waves = (count: number) =>
  Array.from({ length: count }, (_, i) => Math.sin(2.3 * i + 0.4) * (i % 3 === 0 ? 1 : 0.45));

const premise = 'Two men are chopping wood beside a frozen lake .';
const hypothesis = 'The men are swimming in the lake .';
const nli = ['entailment', 'neutral', 'contradiction'];

/** Premise and hypothesis. */
export const pair: PanelState = (() => {
  const tokens = [
    special('[CLS]'),
    ...piecesIn(premise, 'Two men are chop ##ping wood beside a frozen lake .'.split(' ')),
    special('[SEP]'),
    ...piecesIn(hypothesis, 'The men are swim ##ming in the lake .'.split(' '), 1),
    special('[SEP]', 1),
  ];
  const base = stateOf(premise, tokens, waves(tokens.length), {
    prediction: labelPrediction(nli, [0.02, 0.07, 0.91], 2, [2]),
    gold: 'contradiction',
    correct: true,
    explained: {
      label: 'contradiction',
      against: null,
      why: 'predicted',
      scalar: 'logit',
      value: 3.1,
      choice: { kind: 'label', label: 'contradiction' },
      says: 'logit of \u201ccontradiction\u201d',
    },
    questions: labelQuestions(nli, 'contradiction', 'contradiction'),
  });
  const record = {
    ...base.record,
    file: 'pairs.jsonl',
    field: 'premise',
    gold: 'contradiction',
    pair: { field: 'hypothesis', text: hypothesis },
  };
  return { ...base, record };
})();

const words = ['Ada', 'Lovelace', 'wrote', 'to', 'Charles', 'in', 'Turin', 'about', 'Analytica'];
const sentence = words.join(' ');
const wordRanges: TextRange[] = words.map((word, i) => {
  const start = words.slice(0, i).join(' ').length + (i > 0 ? 1 : 0);
  return { start, end: start + word.length };
});
const tags = ['O', 'B-PER', 'I-PER', 'B-ORG', 'I-ORG', 'B-LOC', 'I-LOC'];

function entity(
  start: number,
  end: number,
  type: string,
  status: Entity['status'],
  probability: number,
): Entity {
  const range = { start: wordRanges[start]!.start, end: wordRanges[end - 1]!.end };
  return { start, end, type, range, status, probability };
}

const span = (
  start: number,
  end: number,
  label: string,
  says: string,
  group: string,
): Question => ({ choice: { kind: 'span', start, end, label }, says, group, possible: true });

/** One entity right, one predicted that gold has not, two missed. */
export const entities: PanelState = (() => {
  const tokens: Token[] = wordPieces(sentence, [
    ...['Ada', 'Love', '##lace', 'wrote', 'to', 'Charles', 'in', 'Tur', '##in', 'about'],
    ...['Anal', '##ytic', '##a'],
  ]);
  const found = [
    entity(0, 2, 'PER', 'right', 0.97),
    entity(4, 5, 'PER', 'missed', 0.31),
    entity(6, 7, 'LOC', 'right', 0.88),
    entity(8, 9, 'ORG', 'predicted', 0.52),
  ];
  const prediction: Prediction = {
    ...labelPrediction(tags, [0.02, 0.95, 0.01, 0.01, 0, 0.01, 0], 1, [1]),
    task: 'token-classification',
    label: 'PER: Ada Lovelace; LOC: Turin; ORG: Analytica',
    entities: found,
  };
  return stateOf(
    sentence,
    tokens,
    waves(tokens.length),
    {
      prediction,
      gold: 'PER: Ada Lovelace; PER: Charles; LOC: Turin',
      correct: false,
      explained: {
        label: 'PER',
        against: null,
        why: 'predicted',
        scalar: 'logit',
        value: 6.2,
        choice: { kind: 'span', start: 0, end: 2, label: 'PER' },
        says: 'mean logit of B-PER, I-PER at \u201cAda Lovelace\u201d',
      },
      questions: [
        span(0, 2, 'PER', 'PER: Ada Lovelace (gold agrees)', 'Predicted'),
        span(6, 7, 'LOC', 'LOC: Turin (gold agrees)', 'Predicted'),
        span(8, 9, 'ORG', 'ORG: Analytica (not in gold)', 'Predicted'),
        span(4, 5, 'PER', 'PER: Charles', 'Gold, missed'),
        span(4, 5, 'O', 'O: Charles', 'Gold, missed'),
        span(0, 2, 'LOC', 'LOC at Ada Lovelace', 'Other tags here'),
        {
          choice: { kind: 'contrast' },
          says: 'Predicted \u2212 gold (they agree here)',
          group: 'Other tags here',
          possible: false,
        },
      ],
    },
    {
      record: {
        file: 'letters.conll',
        line: 12,
        field: '',
        text: sentence,
        pair: null,
        words: wordRanges,
        gold: 'B-PER I-PER O O B-PER O B-LOC O O',
      },
    },
  );
})();

/** The same with one score a word. */
export const entityWords: PanelState = {
  ...entities,
  choices: { ...entities.choices, wordScores: 'sum' },
  explanation: {
    ...entities.explanation,
    wordScores: 'sum',
    words: words.map((_, word) => {
      const own = [...entities.explanation.tokens.entries()]
        .filter(([, token]) => token.word === word && !token.special)
        .map(([index]) => index);
      const sum = (all: readonly number[]) => own.reduce((total, i) => total + all[i]!, 0);
      const { scores, attributions } = entities.explanation;
      return { tokens: own, score: sum(scores), attribution: sum(attributions) };
    }),
  },
};

/** A masked word; the top tokens. */
export const masked: PanelState = (() => {
  const text = 'The letter came from [MASK] in the morning .';
  const pieces = 'The letter came from [MASK] in the morning .'.split(' ');
  const tokens = wordPieces(text, pieces).map(token => ({
    ...token,
    special: token.special || token.text === '[MASK]',
  }));
  const labels = ['london', 'home', 'paris', 'school'];
  return stateOf(
    text,
    tokens,
    waves(tokens.length),
    {
      prediction: { ...labelPrediction(labels, [0.31, 0.22, 0.11, 0.06], 0), task: 'fill-mask' },
      gold: null,
      correct: null,
      explained: {
        label: 'london',
        against: null,
        why: 'predicted',
        scalar: 'logit',
        value: 9.1,
        choice: { kind: 'mask', mask: 0, token: 'london' },
        says: 'logit of \u201clondon\u201d at the mask',
      },
      questions: labels.map(token => ({
        choice: { kind: 'mask', mask: 0, token },
        says: `\u201c${token}\u201d`,
        group: 'At the mask',
        possible: true,
      })),
    },
    {
      record: {
        file: 'notes.txt',
        line: 3,
        field: '',
        text,
        pair: null,
        words: null,
        gold: null,
      },
    },
  );
})();

const question = 'Where did the ship winter ?';
const context =
  'The ship left Hull in May . It reached the strait too late , and had to winter in the bay of Uist until the ice broke .';

/** A question and its context; two answers with the same words. */
export const answer: PanelState = (() => {
  const tokens = [
    special('[CLS]'),
    ...piecesIn(question, question.split(' ')),
    special('[SEP]'),
    ...piecesIn(context, context.split(' '), 1),
    special('[SEP]', 1),
  ];
  const text = 'the bay of Uist';
  const start = context.indexOf(text);
  const range = { start, end: start + text.length };
  const other = { start: context.indexOf('Hull'), end: context.indexOf('Hull') + 4 };
  return stateOf(
    question,
    tokens,
    waves(tokens.length),
    {
      prediction: {
        ...labelPrediction([text, 'Hull'], [0.64, 0.12], 0, [0]),
        task: 'question-answering',
      },
      gold: text,
      correct: true,
      explained: {
        label: text,
        against: null,
        why: 'predicted',
        scalar: 'logit',
        value: 7.4,
        choice: { kind: 'answer', ...range },
        says: 'logit of the start plus logit of the end of \u201cthe bay of Uist\u201d',
      },
      questions: [range, other].map((place, i) => ({
        choice: { kind: 'answer', ...place },
        says: context.slice(place.start, place.end),
        group: i === 0 ? 'Predicted' : 'Other answers',
        possible: true,
      })),
    },
    {
      record: {
        file: 'questions.jsonl',
        line: 4,
        field: 'question',
        text: question,
        pair: { field: 'context', text: context },
        words: null,
        gold: text,
      },
    },
  );
})();

const remark = 'You are a fool , and your film is worse .';
const remarkTokens = wordPieces(remark, remark.split(' '));

/** Several labels, each by itself. */
export const multiLabel: PanelState = stateOf(
  remark,
  remarkTokens,
  waves(remarkTokens.length),
  {
    prediction: {
      ...labelPrediction(['toxic', 'insult', 'threat', 'praise'], [0.92, 0.81, 0.07, 0.01], 0, [0]),
      task: 'multi-label-classification',
      link: 'sigmoid',
      label: 'toxic, insult',
      decided: [0, 1],
    },
    gold: 'toxic',
    correct: false,
    explained: {
      label: 'toxic',
      against: null,
      why: 'predicted',
      scalar: 'logit',
      value: 2.4,
      choice: { kind: 'label', label: 'toxic' },
      says: 'logit of \u201ctoxic\u201d',
    },
    questions: [
      ...(['toxic', 'insult'] as const).map(label => ({
        choice: { kind: 'label' as const, label },
        says: label,
        group: 'Decided',
        possible: true,
      })),
      ...(['threat', 'praise'] as const).map(label => ({
        choice: { kind: 'not' as const, label },
        says: `not ${label}`,
        group: 'Left out',
        possible: true,
      })),
    ],
  },
  { record: { ...pair.record, field: 'text', text: remark, pair: null, gold: 'toxic' } },
);

/** Two labels from one logit. */
export const binary: PanelState = stateOf(remark, remarkTokens, waves(remarkTokens.length), {
  prediction: {
    ...labelPrediction(['negative', 'positive'], [0.93, 0.07], 0, [0]),
    task: 'binary-classification',
    link: 'sigmoid',
  },
  correct: true,
});

/** A similarity from 0 to 5. */
export const regression: PanelState = {
  ...pair,
  record: { ...pair.record, gold: '1.2' },
  explanation: {
    ...pair.explanation,
    prediction: {
      task: 'regression',
      link: 'identity',
      label: '1.873',
      labels: ['similarity'],
      logits: [1.8731],
      probabilities: [],
      decided: [],
      right: [],
      entities: [],
    },
    gold: '1.2',
    correct: null,
    explained: {
      label: 'similarity',
      against: null,
      why: 'predicted',
      scalar: 'logit',
      value: 1.8731,
      choice: { kind: 'label', label: 'similarity' },
      says: 'value of \u201csimilarity\u201d',
    },
    questions: [
      {
        choice: { kind: 'predicted' },
        says: 'The value (1.873)',
        group: 'Decision',
        possible: true,
      },
    ],
  },
};

const long = `${sentence} . `.repeat(6).trim();

/** Read in windows; the end of the text was in none of them. */
export const windowed: PanelState = (() => {
  const tokens = wordPieces(long, long.split(' '));
  const cut = long.indexOf('Ada', 4 * (sentence.length + 3));
  return stateOf(
    long,
    tokens,
    waves(tokens.length),
    {
      windows: { count: 3, tokens: 24, overlap: 6 },
      unseen: [{ field: 0, start: cut, end: long.length }],
    },
    { record: { ...masked.record, text: long } },
  );
})();

/** Where the text that no window read begins, as an offset into the text of `windowed`. */
export const windowedCut = windowed.explanation.unseen[0]!.start;

export const taskStates: Readonly<Record<string, PanelState>> = {
  pair,
  entities,
  entityWords,
  masked,
  answer,
  multiLabel,
  binary,
  regression,
  windowed,
};
