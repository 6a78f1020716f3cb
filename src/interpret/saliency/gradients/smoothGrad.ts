import type { ResolvedParameters } from '../method';
import { atText, gradientMethod } from './plan';
import type { Point } from './runPoints';

/**
 * The gradient g(e + noise) over samples of normal noise: its mean, its mean square (SmoothGrad squared)
 * or its variance (VarGrad), element by element. Only the gradient is averaged: `dot` multiplies the
 * mean by the clean word vector e, and squares and variances by e^2, which makes them the moments of
 * the product e g(e + noise).
 */
export const smoothGrad = gradientMethod({
  description: {
    name: 'smoothgrad',
    title: 'SmoothGrad',
    about:
      "The gradient averaged over noisy copies of the text's word vectors, which evens out its jumps. What is averaged is the gradient alone; 'dot' then multiplies by the clean word vector. 'square' and 'variance' show where the gradient is large or unsteady, without sign.",
    source:
      'Smilkov et al. 2017, arXiv:1706.03825; squared: Hooker et al. 2019, arXiv:1806.10758; variance: Adebayo et al. 2018, arXiv:1810.03292',
    defaults: {
      aggregate: 'dot',
      samples: 32,
      noise: 0.02,
      noiseScale: 'relative',
      moment: 'mean',
      seed: 0,
    },
    aggregations: ['dot', 'l2', 'l1', 'sum'],
    family: 'gradient',
    costly: false,
    linear: true,
  },
  fixed: [],
  plan: parameters => ({
    points: noisyPoints(parameters),
    moment: parameters.moment,
    product: parameters.aggregate === 'dot',
    reduce: parameters.aggregate === 'dot' ? 'sum' : parameters.aggregate,
    absolute: false,
    normalisation: 'max',
    complete: false,
  }),
});

/** As many equally weighted draws of noise as there are samples. */
export function noisyPoints({ samples, noise, noiseScale }: ResolvedParameters): Point[] {
  return Array.from({ length: samples }, (_, sample) => ({
    ...atText,
    weight: 1 / samples,
    sigma: noise,
    relative: noiseScale === 'relative',
    sample,
  }));
}
