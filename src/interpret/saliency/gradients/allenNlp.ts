/**
 * AllenNLP Interpret's three saliency interpreters, as presets for comparing with what it printed. All
 * explain the loss, drop the sign and let the numbers sum to 1. They follow AllenNLP's intended
 * formulas; where its code does something else, `about` says so.
 */
import { atText, gradientMethod, type Plan } from './plan';
import { pathPoints } from './quadrature';
import { noisyPoints } from './smoothGrad';

const shape: Omit<Plan, 'points'> = {
  moment: 'mean',
  product: true,
  reduce: 'sum',
  absolute: true,
  normalisation: 'l1',
  complete: false,
};

const source = 'Wallace et al. 2019, arXiv:1909.09251; AllenNLP 2.10.1';

export const allenNlpSimpleGradient = gradientMethod({
  description: {
    name: 'allennlp-simple-gradient',
    title: 'AllenNLP simple gradient',
    about:
      "Compatibility preset: magnitude of gradient times word vector, of the loss, summing to 1; the sign is lost. AllenNLP 1.2.1 to 2.10.1 multiply by the first token's vector for every token when words are not split into pieces; that fault is not repeated.",
    source,
    defaults: { aggregate: 'dot' },
    aggregations: ['dot'],
    scalar: 'loss',
    family: 'gradient',
    costly: false,
    linear: false,
  },
  fixed: [],
  plan: () => ({ ...shape, points: [atText] }),
});

export const allenNlpIntegratedGradient = gradientMethod({
  description: {
    name: 'allennlp-integrated-gradient',
    title: 'AllenNLP integrated gradient',
    about:
      'Compatibility preset: integrated gradients of the loss from zero vectors by 10 points, each at the left end of its step; magnitudes summing to 1. Ten left points miss the true value by several per cent (0.9 of the truth for a square), and the completeness check shows it.',
    source,
    defaults: { aggregate: 'dot', steps: 10, quadrature: 'left', baseline: 'zero' },
    aggregations: ['dot'],
    scalar: 'loss',
    family: 'gradient',
    costly: false,
    linear: false,
  },
  fixed: ['steps', 'quadrature', 'baseline'],
  plan: ({ steps, quadrature }) => ({
    ...shape,
    points: pathPoints(quadrature, steps).map(point => ({ ...atText, ...point })),
    complete: true,
  }),
});

export const allenNlpSmoothGradient = gradientMethod({
  description: {
    name: 'allennlp-smooth-gradient',
    title: 'AllenNLP smooth gradient',
    about:
      "Compatibility preset: mean gradient of the loss over 10 noisy copies (0.01 of the vectors' range), summed over the embedding without multiplying by the word vector, magnitudes summing to 1. Before a LayerNorm that sum is rounding noise, so the map means nothing for BERT and its relatives (choose 'dot'). AllenNLP draws other noise each time; here it is seeded.",
    source,
    defaults: {
      aggregate: 'sum',
      samples: 10,
      noise: 0.01,
      noiseScale: 'relative',
      moment: 'mean',
      seed: 0,
    },
    aggregations: ['sum', 'dot'],
    scalar: 'loss',
    family: 'gradient',
    costly: false,
    linear: false,
  },
  fixed: ['samples', 'noise', 'noiseScale', 'moment'],
  plan: parameters => ({
    ...shape,
    points: noisyPoints(parameters),
    product: parameters.aggregate === 'dot',
  }),
});
