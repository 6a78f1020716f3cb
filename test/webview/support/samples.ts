/** Panel states as the host would send them. */
import type {
  Explanation,
  FieldIndex,
  HealthCheck,
  PanelState,
  Prediction,
  Question,
  Token,
} from '../../../src/protocol';

const methods: PanelState['methods'] = [
  {
    name: 'integrated-gradients',
    title: 'Integrated gradients',
    about:
      'Sums the gradient along a path from a baseline to the text; the scores add up to the change of the scalar.',
    source: 'Sundararajan et al. 2017',
    defaults: {
      aggregate: 'dot',
      steps: 50,
      quadrature: 'gauss-legendre',
      baseline: 'zero',
    },
    aggregations: ['dot', 'l1', 'l2'],
    family: 'gradient',
    costly: false,
    linear: true,
  },
  {
    name: 'gradient',
    title: 'Gradient',
    about: 'How much the scalar moves when a token moves; says nothing of the direction.',
    source: 'Simonyan et al. 2014',
    defaults: { aggregate: 'l2' },
    aggregations: ['l2', 'l1', 'dot'],
    family: 'gradient',
    costly: false,
    linear: true,
  },
  {
    name: 'smoothgrad',
    title: 'SmoothGrad',
    about: 'The mean gradient over noisy copies of the text.',
    source: 'Smilkov et al. 2017',
    defaults: {
      aggregate: 'l2',
      samples: 20,
      noise: 0.1,
      noiseScale: 'relative',
      moment: 'mean',
      seed: 1,
    },
    aggregations: ['l2', 'l1', 'dot'],
    family: 'gradient',
    costly: false,
    linear: true,
  },
  {
    name: 'allennlp-simple-gradients',
    title: 'AllenNLP simple gradients',
    about: 'As AllenNLP had it: the loss, and no sign.',
    source: 'Wallace et al. 2019',
    defaults: { aggregate: 'l1' },
    aggregations: ['l1'],
    scalar: 'loss',
    family: 'gradient',
    costly: false,
    linear: true,
  },
];

const health: readonly HealthCheck[] = [
  { check: 'finite', ok: true, value: null, says: 'All numbers are finite.' },
  { check: 'nonzero', ok: true, value: 1.9, says: 'The map is not empty.' },
  {
    check: 'completeness',
    ok: true,
    value: 0.002,
    says: 'The raw numbers add up to the logit minus its value at the baseline (0.2 % off).',
  },
  { check: 'truncated', ok: true, value: 0, says: 'The model read the whole text.' },
  { check: 'unknown-tokens', ok: true, value: 0, says: 'Every token is in the vocabulary.' },
];

export const special = (text: string, field: FieldIndex = 0): Token => ({
  field,
  text,
  start: 0,
  end: 0,
  special: true,
  unknown: false,
  word: null,
});

/** Words, '##' pieces and signs of `text` as a WordPiece tokenizer places them; [CLS] and [SEP] around. */
export function wordPieces(text: string, pieces: readonly string[]): Token[] {
  return [special('[CLS]'), ...piecesIn(text, pieces), special('[SEP]')];
}

/** The same without special tokens, for one field of a pair. */
export function piecesIn(text: string, pieces: readonly string[], field: FieldIndex = 0): Token[] {
  let at = 0;
  let word = -1;
  return pieces.map(piece => {
    const joined = piece.startsWith('##');
    const letters = joined ? piece.slice(2) : piece;
    const start = text.toLowerCase().indexOf(letters.toLowerCase(), at);
    if (start < 0) throw new Error(`"${letters}" is not in the text after ${at}.`);
    at = start + letters.length;
    if (!joined) word++;
    return { field, text: piece, start, end: at, special: false, unknown: false, word };
  });
}

/** One label of several; the first of `decided` is the model's answer. */
export function labelPrediction(
  labels: readonly string[],
  probabilities: readonly number[],
  decided: number,
  right: readonly number[] = [],
): Prediction {
  return {
    task: 'text-classification',
    link: 'softmax',
    label: labels[decided]!,
    labels,
    logits: probabilities.map(Math.log),
    probabilities,
    decided: [decided],
    right,
    entities: [],
  };
}

/** The menu of a classifier, as the engine makes it. */
export function labelQuestions(
  labels: readonly string[],
  predicted: string,
  gold: string | null,
): Question[] {
  const reason = gold === null ? 'no gold label' : 'they agree';
  const contrast = gold !== null && gold !== predicted;
  return [
    { choice: { kind: 'predicted' }, says: `Predicted (${predicted})` },
    { choice: { kind: 'gold' }, says: `Gold (${gold ?? 'none'})`, possible: gold !== null },
    {
      choice: { kind: 'contrast' },
      says: `Predicted \u2212 gold${contrast ? '' : ` (${reason})`}`,
      possible: contrast,
    },
  ]
    .map(question => ({ group: 'Decision', possible: true, ...question }))
    .concat(
      labels.map(label => ({
        choice: { kind: 'label', label },
        says: `\u201c${label}\u201d`,
        group: 'Labels',
        possible: true,
      })),
    ) as Question[];
}

/** A state that shows `scores` over `tokens` of `text`; anything may be replaced. */
export function stateOf(
  text: string,
  tokens: readonly Token[],
  scores: readonly number[],
  explanation: Partial<Explanation> = {},
  rest: Partial<Omit<PanelState, 'explanation'>> = {},
): PanelState {
  const choices: PanelState['choices'] = {
    method: 'integrated-gradients',
    parameters: {},
    scalar: 'logit',
    label: { kind: 'predicted' },
    aggregate: 'dot',
    wordScores: 'pieces',
    answerPart: 'both',
    task: null,
  };
  return {
    record: {
      file: 'reviews.dev.jsonl',
      line: 17,
      field: 'text',
      text,
      pair: null,
      words: null,
      gold: 'negative',
    },
    explanation: {
      tokens,
      prediction: labelPrediction(['negative', 'positive'], [0.07, 0.93], 1, [0]),
      gold: 'negative',
      correct: false,
      explained: {
        label: 'positive',
        against: null,
        why: 'predicted',
        scalar: 'logit',
        value: 1.38,
        choice: { kind: 'label', label: 'positive' },
        says: 'logit of \u201cpositive\u201d',
      },
      questions: labelQuestions(['negative', 'positive'], 'positive', 'negative'),
      windows: null,
      unseen: [],
      wordScores: 'pieces',
      words: [],
      method: {
        name: 'integrated-gradients',
        title: 'Integrated gradients',
        steps: 50,
        quadrature: 'gauss-legendre',
        baseline: 'zero',
        aggregate: 'dot',
      },
      signed: true,
      attributions: scores.map(score => score * 1.61),
      scores,
      normalisation: 'max',
      spread: null,
      maps: [],
      shares: [],
      health,
      device: 'webgpu',
      milliseconds: 41.3,
      modelHash: 'ab'.repeat(32),
      modelName: 'sample-model',
      ...explanation,
    },
    choices,
    methods,
    memory: { uri: 'file:///data/reviews.dev.jsonl', line: 16, choices },
    ...rest,
  };
}

const plotText =
  'The plot is thin , but the unflinching leads are a joy , \n and I would watch them again.';

/** A text with subwords, a line break, and scores of both signs. */
export const plot: PanelState = stateOf(
  plotText,
  wordPieces(
    plotText,
    'The plot is thin , but the un ##fl ##inch ##ing leads are a joy , and I would watch them again .'.split(
      ' ',
    ),
  ),
  [
    0.04, 0.05, -0.09, -0.03, -0.66, -0.05, 0.28, 0.02, -0.31, 0.08, 0.22, 0.17, 0.24, 0.03, 0.02,
    1, 0.04, 0, 0.02, -0.12, 0.34, 0.08, 0.47, 0.06, -0.02,
  ],
);

/** The same without signs, by another method. */
export const unsigned: PanelState = stateOf(
  plotText,
  plot.explanation.tokens,
  plot.explanation.scores.map(Math.abs),
  {
    signed: false,
    method: { name: 'gradient', title: 'Gradient', aggregate: 'l2' },
    gold: 'positive',
    correct: true,
    prediction: labelPrediction(['negative', 'positive'], [0.07, 0.93], 1, [1]),
    questions: labelQuestions(['negative', 'positive'], 'positive', 'positive'),
  },
  {
    record: { ...plot.record, gold: 'positive' },
    choices: { ...plot.choices, method: 'gradient', aggregate: 'l2' },
  },
);

const longText = `${plotText} ${'It goes on and on, and nobody reads it to the end. '.repeat(8)}`;

/** A text of which the model saw the beginning only, with an unknown token; the checks say so. */
export const truncated: PanelState = stateOf(
  longText,
  plot.explanation.tokens.map((token, i) => (i === 12 ? { ...token, unknown: true } : token)),
  plot.explanation.scores,
  {
    health: [
      ...health.slice(0, 3),
      {
        check: 'truncated',
        ok: false,
        value: 408,
        says: 'The model reads 24 tokens; the last 408 characters of the text were not seen.',
      },
      {
        check: 'unknown-tokens',
        ok: false,
        value: 1,
        says: 'One token is not in the vocabulary: the model saw [UNK] in its place.',
      },
    ],
  },
  { record: { ...plot.record, text: longText } },
);

/** Many classes, and a map of nothing. */
export const broken: PanelState = stateOf(
  plotText,
  plot.explanation.tokens,
  plot.explanation.scores.map(() => Number.NaN),
  {
    prediction: labelPrediction(
      Array.from({ length: 30 }, (_, i) => (i === 4 ? 'card arrival' : `intent ${i}`)),
      Array.from({ length: 30 }, (_, i) => (i === 4 ? 0.71 : 0.01)),
      4,
      [29],
    ),
    gold: 'intent 29',
    explained: {
      label: 'card arrival',
      against: 'intent 29',
      why: 'contrast',
      scalar: 'logit',
      value: 0.8,
      choice: { kind: 'contrast' },
      says: 'logit of \u201ccard arrival\u201d minus logit of \u201cintent 29\u201d',
    },
    questions: labelQuestions(['card arrival', 'intent 29'], 'card arrival', 'intent 29'),
    health: [
      {
        check: 'finite',
        ok: false,
        value: 25,
        says: 'All 25 numbers are not numbers (NaN): the model overflows on this text.',
      },
    ],
  },
  {
    record: { ...plot.record, gold: 'intent 29' },
    choices: { ...plot.choices, label: { kind: 'contrast' } },
  },
);

/** `count` tokens of a text without end. */
export function longState(count: number): PanelState {
  const words = Array.from({ length: count }, (_, i) => ['film', 'with', 'a', 'plot'][i % 4]!);
  const text = words.join(' ');
  const tokens = wordPieces(text, words);
  return stateOf(
    text,
    tokens,
    tokens.map((_, i) => Math.sin(i)),
  );
}
