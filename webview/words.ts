/** The words of the panel: every number and choice as a reader would say it. */
import type {
  Aggregation,
  AnswerPart,
  BaselineKind,
  Explanation,
  FeatureKind,
  MethodParameters,
  Normalisation,
  ParameterName,
  Removal,
  Quadrature,
  ScalarKind,
  TaskKind,
  WordScores,
} from '../src/protocol';
import { formatCount } from './numbers';

export const scalarWords: Readonly<Record<ScalarKind, string>> = {
  logit: 'Logit',
  probability: 'Probability',
  loss: 'Loss',
};

export const aggregationWords: Readonly<Record<Aggregation, string>> = {
  dot: 'Dot with the input',
  sum: 'Sum',
  l1: 'L1 norm',
  l2: 'L2 norm',
};

export const baselineWords: Readonly<Record<BaselineKind, string>> = {
  zero: 'Zero vector',
  pad: '[PAD] token',
  mask: '[MASK] token',
};

export const quadratureWords: Readonly<Record<Quadrature, string>> = {
  'gauss-legendre': 'Gauss\u2013Legendre',
  left: 'Left Riemann',
  right: 'Right Riemann',
  middle: 'Middle Riemann',
  trapezoid: 'Trapezoid',
};

export const noiseScaleWords: Readonly<Record<'relative' | 'absolute', string>> = {
  relative: 'Relative to the range',
  absolute: 'Absolute',
};

export const featureWords: Readonly<Record<FeatureKind, string>> = {
  token: 'Each token',
  word: 'Each word',
  type: 'Equal words together',
};

export const removalWords: Readonly<Record<Removal, string>> = {
  mask: '[MASK] in its place',
  pad: '[PAD] in its place',
  delete: 'Left out',
};

const featurePhrases: Readonly<Record<FeatureKind, string>> = {
  token: 'by token',
  word: 'by word',
  type: 'equal words together',
};

const removalPhrases: Readonly<Record<Removal, string>> = {
  mask: 'taken away by [MASK]',
  pad: 'taken away by [PAD]',
  delete: 'taken away by leaving out',
};

export const momentWords: Readonly<Record<'mean' | 'square' | 'variance', string>> = {
  mean: 'Mean',
  square: 'Mean of squares',
  variance: 'Variance',
};

export const wordScoresWords: Readonly<Record<WordScores, string>> = {
  pieces: 'Each piece by itself',
  sum: 'Sum of the pieces',
  mean: 'Mean of the pieces',
  max: 'Largest piece',
};

export const answerPartWords: Readonly<Record<AnswerPart, string>> = {
  both: 'Start and end',
  start: 'Start only',
  end: 'End only',
};

export const taskWords: Readonly<Record<TaskKind, string>> = {
  'text-classification': 'Text classification',
  'binary-classification': 'Binary classification (one logit)',
  'multi-label-classification': 'Multi-label classification',
  regression: 'Regression',
  'token-classification': 'Token classification',
  'fill-mask': 'Masked language model',
  'question-answering': 'Question answering',
};

const normalisationWords: Readonly<Record<Normalisation, string>> = {
  max: 'Scores are raw numbers divided by the largest magnitude.',
  l1: 'Scores are raw numbers divided by the sum of their magnitudes.',
  none: 'Scores are the raw numbers.',
};

const whyWords: Readonly<Record<string, string>> = {
  predicted: ' (predicted)',
  gold: ' (gold)',
  chosen: ' (your choice)',
  wrong: ' (predicted against gold, because the prediction is wrong)',
};

/** In typographic quotes. */
export function quote(text: string): string {
  return `\u201c${text}\u201d`;
}

/** What is said of every token must be short: an answer may be a whole sentence. */
function shorten(label: string): string {
  const most = 40;
  return label.length > most ? `${label.slice(0, most - 1).trimEnd()}\u2026` : label;
}

/** A number has no side to be on: it is raised or lowered. The loss of one still has a better side. */
function isPlainNumber({ prediction, explained }: Explanation): boolean {
  return prediction.task === 'regression' && explained.scalar !== 'loss';
}

/** The two ends of the scale. Positive is towards the label for every scalar, a loss included. */
export function scaleEnds(explanation: Explanation) {
  const { label, against } = explanation.explained;
  if (isPlainNumber(explanation)) return { towards: `raises ${quote(label)}`, away: 'lowers it' };
  const what = against === null ? quote(label) : `${quote(label)} over ${quote(against)}`;
  return { towards: `towards ${what}`, away: 'away from it' };
}

/** What one score does: 'helps positive', 'hurts positive', or nothing for a magnitude. */
export function effectOf(score: number, explanation: Explanation): string {
  if (!Number.isFinite(score)) return 'no meaning';
  if (!explanation.signed) return '';
  if (score === 0) return 'no effect';
  const { label, against } = explanation.explained;
  const what = against === null ? shorten(label) : `${shorten(label)} over ${shorten(against)}`;
  const [up, down] = isPlainNumber(explanation) ? ['raises', 'lowers'] : ['helps', 'hurts'];
  return `${score > 0 ? up : down} ${what}`;
}

/** The number that was differentiated, and why that one: 'logit of "positive" (predicted)'. */
export function explainedPhrase({ explained }: Explanation): string {
  return `${explained.says}${whyWords[explained.why] ?? ''}`;
}

/** How a text was read that is longer than the model's input; null where it was read at once. */
export function windowsSentence({ windows }: Explanation): string | null {
  if (windows === null) return null;
  const { count, tokens, overlap } = windows;
  if (count === 1) return `Read in 1 window of ${formatCount(tokens)} tokens.`;
  return `Read in ${formatCount(count)} windows of ${formatCount(tokens)} tokens, overlapping by ${formatCount(overlap)}.`;
}

/** What a method draws shows in what else it reads: noise it adds, or words that it takes away. */
function countSamples(count: number, { noise, removal }: MethodParameters): string {
  const one = count === 1;
  if (noise !== undefined) return `${formatCount(count)} noise ${one ? 'sample' : 'samples'}`;
  if (removal !== undefined)
    return `${formatCount(count)} ${one ? 'sample' : 'samples'} of the text`;
  return `${formatCount(count)} ${one ? 'sample' : 'samples'}`;
}

type Phrase = (all: MethodParameters) => string | null;

/** What a parameter did, in words; null where it is not set, or told by another. */
const parameterPhrases: Readonly<Record<ParameterName, Phrase>> = {
  steps: ({ steps, quadrature }) => {
    if (steps === undefined) return null;
    const points = `${formatCount(steps)} ${steps === 1 ? 'point' : 'points'}`;
    return quadrature ? `${points} (${quadratureWords[quadrature]})` : points;
  },
  quadrature: () => null,
  baseline: ({ baseline }) =>
    baseline ? `from the ${baseline === 'zero' ? 'zero vector' : baselineWords[baseline]}` : null,
  samples: all => (all.samples === undefined ? null : countSamples(all.samples, all)),
  noise: ({ noise, noiseScale }) =>
    noise === undefined
      ? null
      : `noise ${noise}${noiseScale === 'relative' ? ' of the range' : ''}`,
  noiseScale: () => null,
  moment: ({ moment }) =>
    moment === undefined || moment === 'mean'
      ? null
      : `${momentWords[moment].toLowerCase()} over samples`,
  aggregate: ({ aggregate }) => {
    if (aggregate === undefined) return null;
    if (aggregate === 'dot') return 'dot with the input';
    if (aggregate === 'sum') return 'summed over the embedding';
    return `${aggregationWords[aggregate]} over the embedding`;
  },
  seed: ({ seed }) => (seed === undefined ? null : `seed ${seed}`),
  feature: ({ feature }) => (feature === undefined ? null : featurePhrases[feature]),
  removal: ({ removal }) => (removal === undefined ? null : removalPhrases[removal]),
  kernelWidth: ({ kernelWidth }) =>
    kernelWidth === undefined ? null : `kernel width ${kernelWidth}`,
  ridge: ({ ridge }) => (ridge === undefined ? null : `ridge ${ridge}`),
  span: ({ span }) =>
    span === undefined || span === 1 ? null : `${formatCount(span)} neighbours at a time`,
  epsilon: ({ epsilon }) => (epsilon === undefined ? null : `\u03b5 = ${epsilon}`),
};

/** The order in which parameters are told and offered. */
export const parameterOrder: readonly ParameterName[] = [
  'steps',
  'quadrature',
  'baseline',
  'samples',
  'noise',
  'noiseScale',
  'moment',
  'feature',
  'removal',
  'span',
  'kernelWidth',
  'ridge',
  'epsilon',
  'seed',
  'aggregate',
];

/** 'Integrated gradients of the logit of "positive" (predicted): 50 points, from the zero vector, ...' */
export function methodSentence(explanation: Explanation): string {
  const { method, words, wordScores } = explanation;
  const parts = parameterOrder
    .map(name => parameterPhrases[name](method))
    .filter(part => part !== null);
  if (words.length > 0)
    parts.push(`for each word the ${wordScoresWords[wordScores].toLowerCase()}`);
  const head = `${method.title} of the ${explainedPhrase(explanation)}`;
  return parts.length > 0 ? `${head}: ${parts.join(', ')}.` : `${head}.`;
}

/** How raw numbers became scores, and what the tint means. */
export function normalisationSentence({ normalisation, signed, explained }: Explanation): string {
  return [
    normalisationWords[normalisation],
    // Raw numbers say what raises the loss; scores say what helps the label.
    signed && explained.scalar === 'loss' ? 'What lowers the loss counts as positive.' : '',
    'The strongest token of the text has the fullest tint.',
  ]
    .filter(sentence => sentence !== '')
    .join(' ');
}
