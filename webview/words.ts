/** The words of the panel: every number and choice as a reader would say it. */
import type {
  Aggregation,
  BaselineKind,
  Explanation,
  MethodParameters,
  Normalisation,
  ParameterName,
  Quadrature,
  ScalarKind,
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

export const momentWords: Readonly<Record<'mean' | 'square' | 'variance', string>> = {
  mean: 'Mean',
  square: 'Mean of squares',
  variance: 'Variance',
};

const normalisationWords: Readonly<Record<Normalisation, string>> = {
  max: 'Scores are raw numbers divided by the largest magnitude.',
  l1: 'Scores are raw numbers divided by the sum of their magnitudes.',
  none: 'Scores are the raw numbers.',
};

const whyWords: Readonly<Record<string, string>> = {
  predicted: ', the predicted label',
  gold: ', the gold label',
  chosen: ', the label you chose',
};

/** In typographic quotes. */
export function quote(text: string): string {
  return `\u201c${text}\u201d`;
}

/** The two ends of the scale. Positive is towards the label for every scalar, a loss included. */
export function scaleEnds({ label, against }: Explanation['explained']) {
  const what = against === null ? quote(label) : `${quote(label)} over ${quote(against)}`;
  return { towards: `towards ${what}`, away: 'away from it' };
}

/** What one score does: 'helps positive', 'hurts positive', or nothing for a magnitude. */
export function effectOf(score: number, { signed, explained }: Explanation): string {
  if (!Number.isFinite(score)) return 'no meaning';
  if (!signed) return '';
  if (score === 0) return 'no effect';
  const { label, against } = explained;
  const what = against === null ? label : `${label} over ${against}`;
  return `${score > 0 ? 'helps' : 'hurts'} ${what}`;
}

/** The number that was differentiated: 'the logit of "positive", the predicted label'. */
export function scalarPhrase({ label, against, why, scalar }: Explanation['explained']): string {
  if (against !== null) return `the ${scalar} of ${quote(label)} minus that of ${quote(against)}`;
  return `the ${scalar} of ${quote(label)}${whyWords[why] ?? ''}`;
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
  samples: ({ samples }) =>
    samples === undefined
      ? null
      : `${formatCount(samples)} noise ${samples === 1 ? 'sample' : 'samples'}`,
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
  'seed',
  'aggregate',
];

/** 'Integrated gradients of the logit of "positive", ...; 50 points, from the zero vector, ...' */
export function methodSentence({ method, explained }: Explanation): string {
  const parts = parameterOrder
    .map(name => parameterPhrases[name](method))
    .filter(part => part !== null);
  const head = `${method.title} of ${scalarPhrase(explained)}`;
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

/** What the file's own label says about the prediction. */
export function goldWords(
  inFile: string | null,
  { gold, prediction }: Explanation,
): { readonly text: string; readonly agrees: boolean | null } {
  if (gold !== null) {
    const agrees = gold === prediction.label;
    return { text: `gold: ${gold} \u2013 ${agrees ? 'agrees' : 'disagrees'}`, agrees };
  }
  if (inFile === null) return { text: 'no gold label', agrees: null };
  return { text: `gold: ${inFile} \u2013 not a label of this model`, agrees: null };
}
